import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PATH } from '../../shared/paths.js';
import { codeBlock, escaped, renderMarkdown } from './markdown.js';
import { menuOf } from './menu.js';

/** The folders of the repository that may be published. */
const ROOMS = ['docs', 'examples', 'schema'];

const INDEX = 'docs/README.md';

/** Files that are copied unchanged. */
const PICTURE = /\.(?:svg|png)$/;

/** A page of the documentation. */
export interface Document {
  /** The path of its source in the repository. */
  path: string;
  /** Its path on the server. */
  address: string;
  title: string;
  html: string;
}

/**
 * Renders the documentation: content by file name. Every document of `docs/` becomes a page, and so do the files of `examples/` and
 * `schema/` that they link to.
 * @param root the repository
 * @param template a page with `<!--title-->`, `<!--menu-->` and `<!--content-->` as placeholders
 */
export function renderSite(root: string, template: string): Map<string, string | Uint8Array> {
  const paths = new Set([INDEX, ...markdownFiles(root)]);
  const documents: Document[] = [];
  const pictures = new Map<string, Uint8Array>();
  // The loop also visits paths that are added during it.
  for (const path of paths) {
    if (PICTURE.test(path)) pictures.set(addressOf(path).slice(1), readFileSync(join(root, path)));
    else documents.push(render(root, path, (linked) => paths.add(linked)));
  }
  const pages = documents.map((document) => {
    const html = template
      .replace('<!--title-->', () => escaped(document.title))
      .replace('<!--menu-->', () => menuOf(documents, document))
      .replace('<!--content-->', () => document.html);
    return [fileOf(document), html] as const;
  });
  return new Map<string, string | Uint8Array>([...pages, ...pictures]);
}

/** `docs/reference/errors.md` is at `/docs/reference/errors`, `examples/a.conf` at `/docs/examples/a.conf`. */
function addressOf(path: string): string {
  return posix.join(PATH.docs, path.replace(/^docs\//, '').replace(/(?:(?:^|\/)README)?\.md$/, ''));
}

function fileOf({ address }: Document): string {
  return address === PATH.docs ? 'docs/index.html' : `${address.slice(1)}.html`;
}

function markdownFiles(root: string): string[] {
  const files = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort();
}

function render(root: string, path: string, onLink: (path: string) => void): Document {
  const file = join(root, path);
  const address = addressOf(path);
  if (!path.endsWith('.md')) return { path, address, title: path, html: asItIs(root, path, onLink) };
  const markdown = existsSync(file) ? readFileSync(file, 'utf8') : '# Documentation\n';
  const { title = path, html } = renderMarkdown(markdown, (href) => {
    const target = targetOf(root, path, href);
    if (target?.path !== undefined) onLink(target.path);
    return target?.address;
  });
  return { path, address, title, html };
}

/** The content of a file that is not Markdown, or the list of a folder's files. */
function asItIs(root: string, path: string, onLink: (path: string) => void): string {
  const file = join(root, path);
  const heading = `<h1><code>${escaped(path)}</code></h1>\n`;
  if (!statSync(file).isDirectory()) return heading + codeBlock(readFileSync(file, 'utf8'));
  const links = readdirSync(file)
    .sort()
    .map((name) => {
      const linked = `${path}/${name}`;
      onLink(linked);
      return `<li><a href="${escaped(addressOf(linked))}">${escaped(name)}</a></li>`;
    });
  return `${heading}<ul>${links.join('')}</ul>\n`;
}

/** The target of a link, with its path if it is a file of ours. Undefined if the target is not published. */
function targetOf(root: string, from: string, href: string): { address: string; path?: string } | undefined {
  if (/^(?:[a-z+]+:|\/|#)/i.test(href)) return { address: href };
  const [relative = '', fragment] = href.split('#');
  const target = posix.join(posix.dirname(from), decodeURIComponent(relative)).replace(/\/$/, '');
  const path = [`${target}/README.md`, target].find((file) => existsSync(join(root, file)));
  if (path === undefined || !ROOMS.includes(target.split('/')[0] ?? '')) return undefined;
  return { path, address: addressOf(path) + (fragment === undefined ? '' : `#${fragment}`) };
}
