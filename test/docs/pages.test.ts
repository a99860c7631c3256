import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../src/shared/error-meanings.js';
import { ask } from '../support/http.js';
import { openWorld, type World } from '../support/world.js';

/** What `npm run build` makes. */
const BUILT = join(import.meta.dirname, '../../dist/dashboard');

const files = readdirSync(join(BUILT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));

/** The pages by their addresses. */
const PAGES = new Map(
  files.map((file) => [
    file === 'index.html' ? '/docs' : `/docs/${file.replace(/\.html$/, '')}`,
    readFileSync(join(BUILT, 'docs', file), 'utf8'),
  ]),
);

let world: World;
beforeAll(async () => {
  world = await openWorld({ dashboard: BUILT });
});

const answers = new Map<string, Promise<{ status: number; location: unknown }>>();

/** What the server answers there. It is asked once: each page has the menu, which leads to all of them. */
function answerTo(target: string): Promise<{ status: number; location: unknown }> {
  const answer =
    answers.get(target) ?? ask(world.url + target).then(({ status, headers }) => ({ status, location: headers.location }));
  answers.set(target, answer);
  return answer;
}

it('there is a page for each document', () => {
  const documents = readdirSync(join(import.meta.dirname, '../../docs'), { recursive: true, encoding: 'utf8' });
  const written = documents
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replace(/(?:^|\/)?README\.md$|\.md$/, ''));
  expect([...PAGES.keys()]).toEqual(expect.arrayContaining(written.map((path) => join('/docs', path))));
});

it.each([...PAGES.keys()])('%s is handed out as a page that may load nothing from elsewhere', async (path) => {
  const { status, headers, body } = await ask(world.url + path);
  expect({ status, body }).toEqual({ status: 200, body: PAGES.get(path) });
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
  expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
});

it.each([...PAGES.keys()])('the links of %s lead to pages, and to places in them', async (path) => {
  const links = [...(PAGES.get(path) ?? '').matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, href = '']) => href);
  expect(links.length).toBeGreaterThan(0);
  for (const href of new Set(links.filter((link) => !/^[a-z]+:/.test(link)))) {
    const [address = '', fragment] = href.split('#');
    const target = address === '' ? path : address;
    const { status, location } = await answerTo(target);
    expect({ href, status }).toEqual({ href, status: location ? 302 : 200 });
    if (fragment !== undefined) expect({ href, id: idsOf(target).has(fragment) }).toEqual({ href, id: true });
  }
});

it.each(Object.keys(ERROR_CODES))('/docs/errors#%s leads to what the code means', async (code) => {
  const { status, headers } = await ask(`${world.url}/docs/errors`);
  expect(status).toBe(302);
  expect(idsOf(headers.location ?? '').has(code)).toBe(true);
});

it('a page comes in less bytes to whoever takes it', async () => {
  const { headers } = await ask(`${world.url}/docs/reference/errors`, { headers: ['Accept-Encoding', 'br, gzip'] });
  expect(headers).toMatchObject({ 'content-encoding': 'br', 'content-type': 'text/html; charset=utf-8' });
});

it('an address with a slash at its end leads to the page', async () => {
  const { status, headers } = await ask(`${world.url}/docs/reference/errors/`);
  expect({ status, location: headers.location }).toEqual({ status: 308, location: '/docs/reference/errors' });
});

it.each([
  '/docs/none',
  '/docs/none/none',
  '/docs/..%2findex.html',
  '/docs/%2e%2e/index.html',
  '/docs/reference/errors.html.br',
])('there is nothing at %s', async (path) => {
  const { status, headers } = await ask(new URL(world.url).origin, { path });
  expect({ status, type: headers['content-type'] }).toEqual({ status: 404, type: 'application/problem+json; charset=utf-8' });
});

function idsOf(path: string): Set<string> {
  return new Set([...(PAGES.get(path) ?? '').matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id));
}
