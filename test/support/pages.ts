import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  /** The page's line at which it begins, from 1. */
  line: number;
  language: string;
  /** The words after the language: `terminal-1`, `fails`, a role, or the file that the block shows. */
  info: string[];
  text: string;
  /** True if the paragraph right before it says _not run_. */
  isNotRun: boolean;
}

export interface Page {
  /** Relative to the root of the repository. */
  path: string;
  text: string;
  blocks: Block[];
}

/** Every page for readers, in the order of the paths. */
export function readPages(): Page[] {
  const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path));
  const top = readdirSync(ROOT).filter((path) => path.endsWith('.md'));
  return [...top, ...documents].sort().map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path: relative('', path), text, blocks: blocksOf(text) };
  });
}

/** The fenced blocks of a Markdown text. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', fence, opening = ''] = /^( *)(```+)(.*)$/.exec(lines[index] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence);
    const [language = '', ...info] = opening.trim().split(/\s+/);
    const body = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    const isNotRun = /[*_]not run[*_]/i.test(paragraphBefore(lines, index));
    blocks.push({ line: index + 1, language, info, text: `${body.join('\n')}\n`, isNotRun });
    index = end;
  }
  return blocks;
}

function paragraphBefore(lines: string[], index: number): string {
  const before = lines.slice(0, index).join('\n').trimEnd();
  return before.slice(before.lastIndexOf('\n\n') + 1);
}
