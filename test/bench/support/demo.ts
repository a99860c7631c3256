import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openLocalIssuer } from '../../../src/auth/local-issuer.js';
import type { Role } from '../../../src/auth/viewer.js';
import { readConfig } from '../../../src/config.js';
import { Client } from '../../support/client.js';
import type { ShownPage } from '../../support/shown-pages.js';
import { addressIn, COMMAND } from './command.js';

/** How long to wait for the browser, in milliseconds: longer than a busy machine takes. */
const PATIENCE = 120_000;

/** A Keyledger in a process of its own, with its dashboard, over a plausible past. */
export interface Demo {
  /** An account that holds two keys, and the id of the first. */
  account: string;
  keyId: string;
  /** Owners are those of that account; by default, the one above. */
  client(role: Role, account?: string): Promise<Client>;
  stop(): Promise<void>;
}

/** Makes a past of that many accounts and days in the empty directory, and serves it. */
export async function startDemo(directory: string, accounts: number, days: number): Promise<Demo> {
  const data = join(directory, 'data');
  const env = { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', KEYLEDGER_DATA: data };
  execFileSync(process.execPath, [COMMAND, 'demo', '--accounts', `${accounts}`, '--days', `${days}`], { env, stdio: 'ignore' });
  const server = spawn(process.execPath, [COMMAND, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await addressIn(server.stdout);
  server.stdout.resume();
  const issuer = await openLocalIssuer(join(data, 'issuer.jwk'));
  const { claims } = readConfig({});
  const clientOf = async (role: Role, account: string) =>
    new Client(url, await issuer.issue({ account, role, subject: 'ada', ttl: 3600 }, claims), account);
  const { account, keyId } = await fullAccount(await clientOf('operator', 'operators'));
  return {
    account,
    keyId,
    client: (role, own = role === 'owner' ? account : 'security') => clientOf(role, own),
    async stop() {
      server.kill();
      await once(server, 'exit');
    },
  };
}

async function fullAccount(operator: Client): Promise<{ account: string; keyId: string }> {
  const { data } = await operator.send<{
    accounts: { edges: { node: { accountId: string; keys: { keyId: string }[] } }[] };
  }>('{ accounts(first: 1, atLimit: true) { edges { node { accountId keys { keyId } } } } }');
  const found = data?.accounts.edges[0]?.node;
  const [key] = found?.keys ?? [];
  if (!found || !key) throw new Error('No account of the demo holds two keys.');
  return { account: found.accountId, keyId: key.keyId };
}

export interface OpenOptions {
  /** The account whose owner opens it, instead of the demo's. */
  account?: string;
  prepare?: (context: BrowserContext) => Promise<unknown>;
}

/** Opens a page of the demo in a new profile, signed in with its role. */
export async function openPage(
  browser: Browser,
  demo: Demo,
  { role, path }: Pick<ShownPage, 'role' | 'path'>,
  { account, prepare }: OpenOptions = {},
): Promise<Page> {
  const { url, token } = await demo.client(role, account);
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  context.setDefaultTimeout(PATIENCE);
  await prepare?.(context);
  await context.addCookies([{ name: 'keyledger_session', value: token, url, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  await page.goto(url + path.replace('KEY', demo.keyId));
  return page;
}
