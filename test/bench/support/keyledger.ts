import { Client } from '../../support/client.js';
import type { ServerQuestion, Started } from '../keyledger-server.js';
import { type Child, startChild } from './child.js';

const ACCOUNT = 'bench';

/** A Keyledger in a process of its own, and the owner of an account there. */
export class Keyledger {
  readonly client: Client;
  readonly #child: Child<ServerQuestion, Started>;

  /** @param store as in `KEYLEDGER_STORE`; by default, files in the directory */
  static async start(directory: string, ...store: string[]): Promise<Keyledger> {
    const child = startChild<ServerQuestion, Started>(new URL('../keyledger-server.js', import.meta.url), directory, ...store);
    return new Keyledger(child, await child.ask({ start: [ACCOUNT] }));
  }

  constructor(child: Child<ServerQuestion, Started>, { url, tokens: [token = ''] }: Started) {
    this.#child = child;
    this.client = new Client(new URL(url).origin, token, ACCOUNT);
  }

  get url(): string {
    return this.client.url;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
