import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from '../../../src/shared/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import type { Held, Task, VerifyQuestion } from '../verify-server.js';
import { startChild } from './child.js';
import { type Past, writeHistory } from './history.js';
import { underLoad } from './http-load.js';
import type { Spent } from './profile.js';

/** A round verifies this many in process; over HTTP, it lasts this many seconds. */
const CALLS = 20_000;
const SECONDS = 1;
const CONNECTIONS = 64;
/** How many different requests autocannon prepares for each connection. */
const REQUESTS = 100;

/** A server in a process of its own, over a log with that many keys, and some of these keys. */
export class VerifyServer {
  readonly #child;
  readonly #keys: Held[];
  readonly #url: string;

  static async start(directory: string, count: number): Promise<VerifyServer> {
    const keys = writeKeys(directory, count);
    const child = startChild<VerifyQuestion, string | number>(new URL('../verify-server.js', import.meta.url), directory);
    return new VerifyServer(directory, child, keys, String(await child.ask({ listen: true })));
  }

  constructor(
    private readonly directory: string,
    child: ReturnType<typeof startChild<VerifyQuestion, string | number>>,
    keys: Held[],
    url: string,
  ) {
    this.#child = child;
    this.#keys = keys;
    this.#url = url;
  }

  /** How often its process does the task per second. */
  async run(task: Task): Promise<number> {
    const keys = sampleOf(this.#keys, CALLS);
    return Number(await this.#child.ask({ task, keys }));
  }

  /** How many requests it answers per second. */
  load(path: string): Promise<number> {
    return verificationsPerSecond(this.#url, path, this.#keys);
  }

  /** What its main thread spends on each of these requests, in microseconds. */
  profiled(path: string): Promise<Spent> {
    return this.#child.profiled(async () => SECONDS * (await this.load(path)));
  }

  /** Measures while another process (this one) has the projections locked and there are events to project. */
  async whileLocked(measure: () => Promise<number>): Promise<number> {
    const [projections, log] = ['keys.db', 'events.db'].map((name) => new Database(join(this.directory, name)));
    if (!projections || !log) throw new Error('There are no files.');
    projections.exec('BEGIN IMMEDIATE');
    writeHistory(log, [{ account: randomUUID(), events: 2 }]);
    const last = log.prepare<[], number>('SELECT max(position) FROM events').pluck().get() ?? 0;
    try {
      return await measure();
    } finally {
      projections.exec('ROLLBACK');
      while (Number(await this.#child.ask({ position: true })) < last) await delay(10);
      projections.close();
      log.close();
    }
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

/** How many requests a second a server answers at that path, over all connections. They carry the credentials of some of the keys. */
export async function verificationsPerSecond(url: string, path: string, keys: Held[]): Promise<number> {
  const requests = sampleOf(keys, REQUESTS).map(({ keyId, secret }) => {
    const credentials = Buffer.from(`${keyId}:${secret}`).toString('base64');
    return { path, headers: { authorization: `Basic ${credentials}` } };
  });
  const { perSecond } = await underLoad({ url, connections: CONNECTIONS, duration: SECONDS, requests });
  return perSecond;
}

function sampleOf(keys: Held[], size: number): Held[] {
  const step = Math.max(1, Math.floor(keys.length / size));
  return Array.from({ length: size }, (_, index) => keys[(index * step) % keys.length] as Held);
}

/**
 * Writes a log with two keys on each account.
 * @returns up to as many of the keys as a round needs, from all parts of the log
 */
export function writeKeys(directory: string, count: number): Held[] {
  mkdirSync(directory);
  const log = openLog(join(directory, 'events.db'));
  const every = Math.max(1, Math.floor(count / CALLS));
  const keys: Held[] = [];
  let written = 0;
  writeHistory(log, twoEventsEach(count / 2), ({ keyId, secret }) => {
    if (written % every === 0) keys.push({ keyId, secret });
    written += 1;
  });
  log.close();
  return keys;
}

/** One after another, so that ten million of them need no memory. */
function* twoEventsEach(accounts: number): Generator<Past> {
  for (let index = 0; index < accounts; index += 1) yield { account: `holder-${index}`, events: 2 };
}
