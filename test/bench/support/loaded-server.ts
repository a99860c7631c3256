import { untilProjected } from '../../support/readiness.js';
import type { ServerQuestion, Started } from '../keyledger-server.js';
import { inFlight, timed } from './bench.js';
import { type Child, startChild } from './child.js';
import { Connections } from './connections.js';
import type { Spent } from './profile.js';
import type { Used } from './used.js';

const LANES = 32;
/** So many that most of what is applied later, for up to half a second, is applied while the requests go on. */
const ACCOUNTS = Array.from({ length: 4096 }, (_, index) => `account-${index}`);
/** Two keys on every account. */
const REQUESTS = 2 * ACCOUNTS.length;

/** A server in a process of its own, under load from this one. */
export class LoadedServer {
  readonly #child: Child<ServerQuestion, Started | Used>;
  readonly #connections: Connections;
  readonly #tokens: string[];
  readonly url: string;

  static async start(module: string, ...args: string[]): Promise<LoadedServer> {
    const child = startChild<ServerQuestion, Started | Used>(new URL(`../${module}`, import.meta.url), ...args);
    return new LoadedServer(child, (await child.ask({ start: ACCOUNTS })) as Started);
  }

  constructor(child: Child<ServerQuestion, Started | Used>, { url, tokens }: Started) {
    this.#child = child;
    this.#connections = new Connections(url);
    this.#tokens = tokens;
    this.url = new URL(url).origin;
  }

  post(body: string, index: number): Promise<string> {
    return this.#connections.post(body, this.#tokens[index % this.#tokens.length] ?? '');
  }

  /** Requests per second. Afterwards it waits until everything is applied: whatever is measured next must not pay for it. */
  async throughput(request: (index: number) => Promise<unknown>): Promise<number> {
    const perSecond = (1000 * REQUESTS) / (await timed(() => inFlight(LANES, REQUESTS, request)));
    await untilProjected(this);
    return perSecond;
  }

  /** Microseconds of the server's CPU per request. */
  async cpu(request: (index: number) => Promise<unknown>): Promise<number> {
    const before = await this.used();
    await inFlight(LANES, REQUESTS, request);
    return ((await this.used()).cpu - before.cpu) / REQUESTS;
  }

  async used(): Promise<Used> {
    return (await this.#child.ask({ used: true })) as Used;
  }

  /** What its main thread spends on each request, in microseconds, with what is applied later. */
  profiled(request: (index: number) => Promise<unknown>): Promise<Spent> {
    return this.#child.profiled(async () => {
      await inFlight(LANES, REQUESTS, request);
      await untilProjected(this);
      return REQUESTS;
    });
  }

  async stop(): Promise<void> {
    this.#connections.close();
    await this.#child.stop();
  }
}
