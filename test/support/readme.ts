import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The README's one block of code in that language that holds this text. */
export function readmeBlock(language: string, text = ''): string {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);
  const [block, ...more] = blocks.filter((each) => each.includes(text));
  if (block === undefined || more.length > 0) throw new Error(`Not one block of ${language} with "${text}" in the README.`);
  return block;
}
