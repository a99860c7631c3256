import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from '../../src/shared/sqlite.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import type { Replayed } from './replay-worker.js';
import { type Bench, interleave, median, medians, ratio } from './support/bench.js';
import { runChild, startChild } from './support/child.js';
import { writeHistory } from './support/history.js';
import { underLoad } from './support/http-load.js';
import { inTemporaryDirectory } from './support/temporary.js';
import type { Held, Task, VerifyQuestion } from './verify-server.js';

const FEW = 10;
const MANY = 1_000_000;
/** A round verifies this many in process; over HTTP, it lasts this many seconds. */
const CALLS = 20_000;
const SECONDS = 1;
const ROUNDS = 20;
const CONNECTIONS = 64;
/** How many different requests autocannon prepares for each connection. */
const REQUESTS = 100;
const RESTARTS = 3;

/** Measures a verification against its minimum, in process and over HTTP, with few keys and with many. */
export const verify: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const few = await VerifyServer.start(join(directory, 'few'), FEW);
    const many = await VerifyServer.start(join(directory, 'many'), MANY);
    try {
      const inProcess = await interleave(ROUNDS, {
        bareFew: () => few.run('bare'),
        byIdFew: () => few.run('byId'),
        bySecretFew: () => few.run('bySecret'),
        bareMany: () => many.run('bare'),
        byIdMany: () => many.run('byId'),
        bySecretMany: () => many.run('bySecret'),
      });
      const http = await interleave(ROUNDS, {
        bare: () => few.load('/bare'),
        few: () => few.load('/v1/verify'),
        many: () => many.load('/v1/verify'),
      });
      const locked = await interleave(ROUNDS, {
        free: () => few.run('inTurns'),
        locked: () => few.whileLocked(() => few.run('inTurns')),
      });
      const lockedHttp = await interleave(ROUNDS, {
        free: () => few.load('/v1/verify'),
        locked: () => few.whileLocked(() => few.load('/v1/verify')),
      });
      await many.stop();
      const restart = await interleave(RESTARTS, { start: () => restarted(join(directory, 'many')) });
      return {
        figures: {
          ...medians(inProcess, 'PerSecondInProcess'),
          ...medians(http, 'PerSecondOverHttp'),
          ...medians(locked, 'PerSecondInTurns'),
          restartMilliseconds: median(restart.start),
        },
        ratios: {
          byIdToBareFew: ratio(inProcess.byIdFew, inProcess.bareFew),
          byIdToBareMany: ratio(inProcess.byIdMany, inProcess.bareMany),
          bySecretToBareFew: ratio(inProcess.bySecretFew, inProcess.bareFew),
          bySecretToBareMany: ratio(inProcess.bySecretMany, inProcess.bareMany),
          httpToBareRoute: ratio(http.few, http.bare),
          httpManyToFew: ratio(http.many, http.few),
          lockedToFreeInTurns: ratio(locked.locked, locked.free),
          lockedToFreeOverHttp: ratio(lockedHttp.locked, lockedHttp.free),
          restartToTwoSeconds: median(restart.start) / 2000,
        },
        goals: {
          byIdToBareFew: { atLeast: 0.7 },
          byIdToBareMany: { atLeast: 0.7 },
          httpToBareRoute: { atLeast: 0.75 },
          httpManyToFew: { atLeast: 0.9 },
          lockedToFreeInTurns: { atLeast: 0.9 },
          lockedToFreeOverHttp: { atLeast: 0.9 },
          restartToTwoSeconds: { atMost: 1 },
        },
      };
    } finally {
      await Promise.all([few.stop(), many.stop()]);
    }
  });

/** A server in a process of its own, over a log with that many keys, and some of these keys. */
class VerifyServer {
  readonly #child;
  readonly #keys: Held[];
  readonly #url: string;

  static async start(directory: string, count: number): Promise<VerifyServer> {
    const keys = writeKeys(directory, count);
    const child = startChild<VerifyQuestion, string | number>(new URL('./verify-server.js', import.meta.url), directory);
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
    const keys = this.#sample(CALLS);
    return Number(await this.#child.ask({ task, keys }));
  }

  /** How many requests it answers per second. */
  async load(path: string): Promise<number> {
    const requests = this.#sample(REQUESTS).map(({ keyId, secret }) => {
      const credentials = Buffer.from(`${keyId}:${secret}`).toString('base64');
      return { path, headers: { authorization: `Basic ${credentials}` } };
    });
    const { perSecond } = await underLoad({ url: this.#url, connections: CONNECTIONS, duration: SECONDS, requests });
    return perSecond;
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

  #sample(size: number): Held[] {
    const step = Math.max(1, Math.floor(this.#keys.length / size));
    return Array.from({ length: size }, (_, index) => this.#keys[(index * step) % this.#keys.length] as Held);
  }
}

/**
 * Writes a log with two keys on each account.
 * @returns up to as many of the keys as a round needs, from all parts of the log
 */
function writeKeys(directory: string, count: number): Held[] {
  mkdirSync(directory);
  const log = openLog(join(directory, 'events.db'));
  const every = Math.max(1, Math.floor(count / CALLS));
  const keys: Held[] = [];
  let written = 0;
  const pasts = Array.from({ length: count / 2 }, (_, index) => ({ account: `account-${index}`, events: 2 }));
  writeHistory(log, pasts, ({ keyId, secret }) => {
    if (written % every === 0) keys.push({ keyId, secret });
    written += 1;
  });
  log.close();
  return keys;
}

/** Milliseconds from the start of a whole Keyledger's process until it is ready. */
async function restarted(directory: string): Promise<number> {
  const { milliseconds } = await runChild<Replayed>(new URL('./replay-worker.js', import.meta.url), 'start', directory);
  return milliseconds;
}
