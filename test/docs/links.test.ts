import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Page, ROOT, readPages } from '../support/pages.js';

const pages = readPages();
const CODE = /^( *)(```+).*?^ *\2$|`[^`\n]+`/gms;

/** The link targets within a page: the anchors that a repository host makes from its headings, and its own. */
function anchorsOf({ text }: Page): string[] {
  const headings = [...text.replace(/^( *)(```+).*?^ *\2$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    slugOf(heading),
  );
  const repeated = headings.map((slug, index) => {
    const before = headings.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return [...repeated, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

/** As GitHub does it. */
function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** The targets of links and pictures. */
function linksOf({ text }: Page): string[] {
  const prose = text.replace(CODE, (code) => code.replaceAll(/[()]/g, ' '));
  const links = [...prose.matchAll(/\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s+(\S+)/gm)];
  return links.map(([, inline, reference]) => inline ?? reference ?? '');
}

function faultOf(page: Page, link: string): string | undefined {
  if (/^[a-z]+:/.test(link))
    return /^(?:https:\/\/\S+\.\S+|mailto:\S+@\S+)$/.test(link) ? undefined : 'is neither https nor relative';
  const [path = '', anchor] = link.split('#');
  if (path.startsWith('/')) return 'is not relative';
  const file = path === '' ? page.path : normalize(join(dirname(page.path), decodeURIComponent(path)));
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(ROOT, file))) return 'leads nowhere';
  if (statSync(join(ROOT, file)).isDirectory() && file.startsWith('docs')) return 'leads to a folder, which is no page';
  if (anchor === undefined) return undefined;
  const target = pages.find((other) => other.path === file);
  return target && anchorsOf(target).includes(anchor) ? undefined : 'has an anchor that is not there';
}

it.each(pages.map((page) => [page.path, page] as const))('%s: every link and every anchor leads somewhere', (_, page) => {
  const faults = linksOf(page).flatMap((link) => {
    const fault = faultOf(page, link);
    return fault === undefined ? [] : [`${link} ${fault}`];
  });
  expect(faults).toEqual([]);
});

it('finds links, and what is wrong with them', () => {
  const page: Page = {
    path: 'docs/x.md',
    text: '# A `b` (c)\n[a](no.md) [b](#a-b-c) ![p](../README.md#nowhere)\n`[c](d)`\n',
    blocks: [],
  };
  expect(linksOf(page)).toEqual(['no.md', '#a-b-c', '../README.md#nowhere']);
  expect(anchorsOf(page)).toEqual(['a-b-c']);
  expect(['no.md', '../README.md#nowhere', 'http://x.y', '/docs/x'].map((link) => faultOf(page, link))).toEqual([
    'leads nowhere',
    'has an anchor that is not there',
    'is neither https nor relative',
    'is not relative',
  ]);
});

it('every page of docs can be reached from the index of docs, and the index from the README', () => {
  const linked = new Set(['README.md']);
  for (const path of linked) {
    const page = pages.find((each) => each.path === path);
    if (!page) continue;
    for (const link of linksOf(page))
      if (!/^[a-z]+:/.test(link)) linked.add(normalize(join(dirname(path), link.split('#')[0] || '.')));
  }
  const documents = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
  expect(documents.filter((path) => !linked.has(path))).toEqual([]);
});

it('every file of examples is linked from a page', () => {
  const linked = new Set(pages.flatMap((page) => linksOf(page).map((link) => normalize(join(dirname(page.path), link)))));
  const files = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('examples', path),
  );
  expect(files.filter((path) => statSync(join(ROOT, path)).isFile() && !linked.has(path))).toEqual([]);
});
