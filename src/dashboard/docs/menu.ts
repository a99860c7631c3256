import { PATH } from '../../shared/paths.js';
import { escaped } from './markdown.js';
import type { Document } from './site.js';

/** The folders of `docs/` in the order of the menu. Others follow under their own names. */
const SECTIONS = new Map([
  ['tutorials', 'Tutorials'],
  ['how-to', 'How-to guides'],
  ['reference', 'Reference'],
  ['explanation', 'Explanation'],
  ['decisions', 'Decisions'],
]);

/** The menu of a page: links to the documents of `docs/`, by folder, in the order of the links in the index. */
export function menuOf(documents: Document[], shown: Document): string {
  const index = documents.find(({ address }) => address === PATH.docs)?.html ?? '';
  const place = ({ address }: Document) => {
    const at = index.indexOf(`href="${address}"`);
    return at < 0 ? index.length : at;
  };
  const folders = new Set([...SECTIONS.keys(), ...documents.flatMap(({ path }) => folderOf(path) ?? [])]);
  const sections = [...folders].map((folder) => {
    const held = documents.filter(({ path }) => folderOf(path) === folder).sort((a, b) => place(a) - place(b));
    if (held.length === 0) return '';
    const items = held.map((document) => `<li>${link(document, document === shown)}</li>`).join('');
    return `<details${held.includes(shown) ? ' open' : ''}><summary>${SECTIONS.get(folder) ?? escaped(folder)}</summary><ul>${items}</ul></details>`;
  });
  return sections.join('');
}

function folderOf(path: string): string | undefined {
  return /^docs\/([^/]+)\//.exec(path)?.[1];
}

function link({ address, title }: Document, isCurrent: boolean): string {
  return `<a href="${escaped(address)}"${isCurrent ? ' aria-current="page"' : ''}>${escaped(title)}</a>`;
}
