import { readFileSync } from 'node:fs';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { withTimeout } from '../../shared/with-timeout.js';
import type { NewEvent, ServerClock, ServerTime } from '../event-store.js';
import { nodeOf } from './eventstoredb-client.js';
import { isDisconnected, unavailable } from './eventstoredb-errors.js';

/** How long to wait for the server's time, in milliseconds. */
const PATIENCE = 2000;

/** The header `Date` has whole seconds, and the server (Kestrel) renews it once a second, so it is up to two seconds old. */
const AGE = 2000;

/** The maximum number of own appends that wait to be read back. */
const APPENDS = 1000;

/** When an append was sent and acknowledged, by `performance.now()`. */
interface Append {
  sent: number;
  acknowledged?: number;
}

/** The clock of the node that a client is connected to. That is the leader, since only the leader takes the client's appends. */
export class EventStoreDbClock implements ServerClock {
  readonly #client: () => EventStoreDBClient;
  readonly #connectionString: string;
  readonly #protocol: 'http:' | 'https:';
  readonly #certificates: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  /** By the id of its first event. */
  readonly #appends = new Map<string, Append>();
  #listener: (time: ServerTime) => void = () => {};

  /** @param client returns the client that is in use now */
  constructor(connectionString: string, client: () => EventStoreDBClient) {
    this.#client = client;
    this.#connectionString = connectionString;
    const options = optionsOf(connectionString);
    this.#protocol = options.get('tls') === 'false' ? 'http:' : 'https:';
    this.#certificates = certificatesIn(options);
  }

  /** @throws StoreUnavailable if there is no connection to the server at all */
  async ask(): Promise<ServerTime> {
    return this.#ask().catch((error: unknown) => {
      throw isDisconnected(error) ? unavailable(error, this.#connectionString) : error;
    });
  }

  async #ask(): Promise<ServerTime> {
    const node = await withTimeout(nodeOf(this.#client()), PATIENCE);
    const sent = performance.now();
    const date = await dateOf(new URL(`${this.#protocol}//${node}/health/live`), this.#certificates);
    const [shown, received] = [Date.parse(date ?? ''), performance.now()];
    if (Number.isNaN(shown)) throw new Error("The server's answer has no date.");
    return timeOf(shown + AGE / 2, sent, received, AGE / 2);
  }

  onAppended(listener: (time: ServerTime) => void): void {
    this.#listener = listener;
  }

  /**
   * Records that these events are being sent, for the first time or again.
   * @returns a function to call once they are acknowledged
   */
  sending([first]: NewEvent[]): () => void {
    if (!first) return () => {};
    const append = this.#appends.get(first.id) ?? { sent: performance.now() };
    this.#appends.set(first.id, append);
    for (const oldest of this.#appends.keys()) if (this.#appends.size > APPENDS) this.#appends.delete(oldest);
    return () => {
      append.acknowledged = performance.now();
    };
  }

  /** Records that the event was read, and when the server says that it was stored. */
  stored(id: string, created: Date): void {
    const append = this.#appends.get(id);
    if (!append) return;
    this.#appends.delete(id);
    // If the server gave no time, the client reports 1970.
    if (created.getTime() === 0) return;
    this.#listener(timeOf(created.getTime(), append.sent, append.acknowledged ?? performance.now()));
  }
}

/** The server's time, read at some moment between two of ours. */
function timeOf(time: number, from: number, to: number, resolution = 0): ServerTime {
  return { time, at: (from + to) / 2, uncertainty: (to - from) / 2 + resolution };
}

/** The options by their names in lower case, as the client reads them. */
function optionsOf(connectionString: string): Map<string, string> {
  const options = connectionString.split('?')[1]?.split('&') ?? [];
  return new Map(options.map((option) => [option.split('=')[0]?.toLowerCase() ?? '', option.split('=')[1] ?? '']));
}

function certificatesIn(options: Map<string, string>): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const read = (name: string) => {
    const file = options.get(name);
    return file === undefined ? undefined : readFileSync(file);
  };
  const [ca, cert, key] = [read('tlscafile'), read('usercertfile'), read('userkeyfile')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** The `Date` header of the answer, whatever its status and body. */
function dateOf(url: URL, certificates: object): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const take = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.headers.date);
    };
    const options = { agent: false, signal: AbortSignal.timeout(PATIENCE) };
    const asked: ClientRequest =
      url.protocol === 'http:' ? get(url, options, take) : getSecurely(url, { ...options, ...certificates }, take);
    asked.on('error', reject);
  });
}
