import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderMarkdown } from '../../src/dashboard/docs/markdown.js';
import { renderSite } from '../../src/dashboard/docs/site.js';
import { temporaryDirectory } from '../support/cleanup.js';

const TEMPLATE = '<title><!--title--></title><nav><!--menu--></nav><main><!--content--></main>';

/** The pages of a repository that holds these files. */
function siteOf(files: Record<string, string>): Map<string, string> {
  const root = temporaryDirectory();
  for (const [path, content] of Object.entries({ 'docs/README.md': '# Documentation', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return new Map([...renderSite(root, TEMPLATE)].map(([file, content]) => [file, String(content)]));
}

it('makes a page of every document, and leads from one to the other as the files do', () => {
  const pages = siteOf({
    'docs/README.md': '# Start\n[errors](reference/errors.md#STALE), [how](how-to/), [web](https://example.com/a.md)',
    'docs/reference/errors.md': '# Errors\n<a id="STALE"></a>\n[up](../README.md) [here](#errors)',
    'docs/how-to/README.md': '# Guides\n[again](../reference/errors.md)',
  });
  expect([...pages.keys()].sort()).toEqual(['docs/how-to.html', 'docs/index.html', 'docs/reference/errors.html']);
  expect(pages.get('docs/index.html')).toContain('<title>Start</title>');
  expect(pages.get('docs/index.html')).toContain('<a href="/docs/reference/errors#STALE">errors</a>');
  expect(pages.get('docs/index.html')).toContain('<a href="/docs/how-to">how</a>');
  expect(pages.get('docs/index.html')).toContain('<a href="https://example.com/a.md">web</a>');
  expect(pages.get('docs/reference/errors.html')).toContain('<a href="/docs">up</a> <a href="#errors">here</a>');
  expect(pages.get('docs/reference/errors.html')).toContain('<a id="STALE"></a>');
});

it('shows the examples and contracts that a document links to, and leaves the text of what it does not show', () => {
  const pages = siteOf({
    'docs/how-to/nginx.md':
      '[conf](../../examples/nginx/nginx.conf) [all](../../examples/nginx) [code](../../src/app.ts) [none](none.md)',
    'examples/nginx/nginx.conf': 'if (a < b) {}',
    'examples/other.conf': '',
    'src/app.ts': '',
  });
  expect(pages.get('docs/how-to/nginx.html')).toContain(
    '<a href="/docs/examples/nginx/nginx.conf">conf</a> <a href="/docs/examples/nginx">all</a> code none',
  );
  expect(pages.get('docs/examples/nginx/nginx.conf.html')).toContain('if (a &lt; b) {}');
  expect(pages.get('docs/examples/nginx.html')).toContain('<a href="/docs/examples/nginx/nginx.conf">nginx.conf</a>');
  expect([...pages.keys()].filter((file) => file.startsWith('docs/examples/other'))).toEqual([]);
});

it('hands out pictures as they are', () => {
  const pages = siteOf({ 'docs/explanation/guard.md': '![The guard](guard.svg)', 'docs/explanation/guard.svg': '<svg/>' });
  expect(pages.get('docs/explanation/guard.svg')).toBe('<svg/>');
  expect(pages.get('docs/explanation/guard.html')).toContain('<img src="/docs/explanation/guard.svg" alt="The guard">');
});

it('has a menu of all documents, in the order of the index, with the one that is shown', () => {
  const pages = siteOf({
    'docs/README.md': '[b](how-to/b.md) [a](how-to/a.md)',
    'docs/how-to/a.md': '# `A` & more',
    'docs/how-to/b.md': '# B',
    'docs/tutorials/first.md': '# First',
  });
  const [, menu] = /<nav>(.*)<\/nav>/.exec(pages.get('docs/how-to/a.html') ?? '') ?? [];
  expect(menu).toBe(
    '<details><summary>Tutorials</summary><ul><li><a href="/docs/tutorials/first">First</a></li></ul></details>' +
      '<details open><summary>How-to guides</summary><ul><li><a href="/docs/how-to/b">B</a></li>' +
      '<li><a href="/docs/how-to/a" aria-current="page">A &amp; more</a></li></ul></details>',
  );
});

it('has an index also where nobody has written one', () => {
  const pages = siteOf({ 'docs/README.md': '', 'docs/reference/errors.md': '# Errors' });
  expect(pages.get('docs/index.html')).toContain('<a href="/docs/reference/errors">Errors</a>');
});

it('gives headings the anchors that they have on a repository host, and lets wide tables and long lines be scrolled', () => {
  const { html, title } = renderMarkdown(
    '# The `GET /v1/verify` answer\n## Twice\n## Twice\n\n| a |\n|---|\n| `<b>` |\n\n```sh\necho "<hi>"\n```\n',
    (href) => href,
  );
  expect(title).toBe('The GET /v1/verify answer');
  expect([...html.matchAll(/<h\d id="([^"]*)"/g)].map(([, id]) => id)).toEqual(['the-get-v1verify-answer', 'twice', 'twice-1']);
  expect(html).toMatch(/<div class="scroll" tabindex="0"><table>.*<code>&lt;b&gt;<\/code>.*<\/table><\/div>/s);
  expect(html).toContain('<pre tabindex="0"><code>echo &quot;&lt;hi&gt;&quot;</code></pre>');
});
