import { join } from 'node:path';
import { openLocalIssuer } from '../../../src/auth/local-issuer.js';
import type { Role } from '../../../src/auth/viewer.js';
import { readConfig } from '../../../src/config.js';
import { Client } from '../../support/client.js';
import type { ServerQuestion, Started } from '../keyledger-server.js';
import { type Child, startChild } from './child.js';
import type { Turns } from './turns.js';
import type { Used } from './used.js';

const ACCOUNT = 'bench';

/** A Keyledger in a process of its own, and the owner of an account there. */
export class Keyledger {
  readonly client: Client;
  readonly #child: Child<ServerQuestion, Started | Used | Turns>;

  /** @param store as in `KEYLEDGER_STORE`; by default, files in the directory */
  static async start(directory: string, ...store: string[]): Promise<Keyledger> {
    const child = startChild<ServerQuestion, Started | Used | Turns>(
      new URL('../keyledger-server.js', import.meta.url),
      directory,
      ...store,
    );
    return new Keyledger(child, (await child.ask({ start: [ACCOUNT] })) as Started);
  }

  constructor(child: Child<ServerQuestion, Started | Used | Turns>, { url, tokens: [token = ''] }: Started) {
    this.#child = child;
    this.client = new Client(new URL(url).origin, token, ACCOUNT);
  }

  get url(): string {
    return this.client.url;
  }

  async used(): Promise<Used> {
    return (await this.#child.ask({ used: true })) as Used;
  }

  /** For how long its event loop was held during the work. */
  async turnsIn(work: () => Promise<void>): Promise<Turns> {
    await this.#child.ask({ turns: 'watch' });
    await work();
    return (await this.#child.ask({ turns: 'tell' })) as Turns;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

/** A client with a token for another viewer of a Keyledger that has its files in the directory. `ttl` is in seconds. */
export async function viewerOf(
  { url }: { url: string },
  directory: string,
  { account, role, ttl = 3600 }: { account: string; role: Role; ttl?: number },
): Promise<Client> {
  const issuer = await openLocalIssuer(join(directory, 'issuer.jwk'));
  const { claims } = readConfig({});
  return new Client(url, await issuer.issue({ account, role, subject: 'bench', ttl }, claims), account);
}
