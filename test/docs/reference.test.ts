import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILES } from '../../src/reference/data-files.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { Browser } from '../support/cookie-browser.js';
import { startServer } from '../support/server.js';
import { leadsTo, openSite, upToCallback } from '../support/site.js';
import { openWorld } from '../support/world.js';

const ROOT = join(import.meta.dirname, '../..');

const reference = (...args: string[]) => keyledger(['reference', ...args]);

/** Copies the parts of the repository that the pages are generated from, and the pages. */
function copy(): string {
  const directory = temporaryDirectory();
  for (const part of ['docs', 'schema']) cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  return directory;
}

it('the reference is what the code says', async () => {
  expect(await reference(ROOT, '--check')).toMatchObject({ code: 0, stderr: '' });
});

it('a page that differs, or is missing, is found and made again', async () => {
  const directory = copy();
  writeFileSync(join(directory, 'docs/reference/cli.md'), '# Command line\n');
  rmSync(join(directory, 'docs/reference/settings.md'));
  const { code, stderr } = await reference(directory, '--check');
  expect(code).toBe(1);
  expect(stderr.match(/docs\/reference\/\S+\.md/g)).toEqual(['docs/reference/settings.md', 'docs/reference/cli.md']);
  expect(readFileSync(join(directory, 'docs/reference/cli.md'), 'utf8')).toBe('# Command line\n');
  expect(await reference(directory)).toMatchObject({ code: 0 });
  expect(await reference(directory, '--check')).toMatchObject({ code: 0 });
});

it('users of the command line are not shown what makes it', async () => {
  const { stdout } = await keyledger(['--help']);
  expect(stdout).toContain('serve');
  expect(stdout).not.toContain('reference');
});

it.each(readdirSync(join(ROOT, 'docs/reference')))('%s explains everything that it lists', (name) => {
  const text = readFileSync(join(ROOT, 'docs/reference', name), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  // The last cell of a row is its explanation, except in tables of errors (a time) and of options (their defaults).
  if (!['errors.md', 'cli.md'].includes(name)) expect(rows.filter((row) => /\| +\|$/.test(row))).toEqual([]);
  expect(text).not.toMatch(/undefined|\[object|NaN/);
});

it('the list of metrics holds those of a server', async () => {
  const world = await openWorld();
  const shown = await (await fetch(`${world.url}/metrics`)).text();
  const text = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
  const names = (given: string, pattern: RegExp) => [...given.matchAll(pattern)].map(([, name]) => name);
  expect(names(text, /^\| `(keyledger_\w+)`/gm)).toEqual(names(shown, /^# HELP (keyledger_\w+)/gm).sort());
});

it('the list of files in a data directory holds whatever is in one', async () => {
  const directory = temporaryDirectory();
  const server = await startServer(directory);
  const client = await server.client();
  await client.newKey();
  await server.end('SIGTERM');
  await renewSession(directory);
  const names = DATA_FILES.map(({ name }) => name.replace('/', ''));
  const found = readdirSync(directory).map((file) => file.replace(/-(?:wal|shm)$/, ''));
  expect([...new Set(found)].sort()).toEqual(names.toSorted());
  for (const { name, mode } of DATA_FILES.filter(({ mode: set }) => /^\d+$/.test(set))) {
    expect({ name, mode: `0${(statSync(join(directory, name)).mode & 0o777).toString(8)}` }).toEqual({ name, mode });
  }
});

/** Signs somebody in at an identity provider, and renews the session. */
async function renewSession(dataDirectory: string): Promise<void> {
  const site = await openSite({ jwt: true, refresh: true }, { dataDirectory });
  const browser = new Browser();
  await leadsTo(browser, await upToCallback(browser, site));
  browser.change('keyledger_session', '');
  const renewed = await browser.ask(`${site.url}/auth/renew`, { method: 'POST', headers: { origin: site.url } });
  expect(renewed.status).toBe(204);
  await site.world.stop();
}
