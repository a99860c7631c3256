import { join } from 'node:path';
import { type Bench, type Findings, interleave, median, medians, ratio } from './support/bench.js';
import { type Child, startChild } from './support/child.js';
import { oneOf, type PeerQuestion, type Served, type Task } from './support/contestant.js';
import { underLoad } from './support/http-load.js';
import { installPeers, versionOf } from './support/peers.js';
import { inTemporaryDirectory } from './support/temporary.js';

const KEYS = Number(process.env.KEYLEDGER_BENCH_KEYS ?? 10_000);
const ROUNDS = 15;
const LANES = 32;
const CONNECTIONS = 64;
/** For how many seconds a contestant works in a round. */
const SECONDS = 1;
/** How many different requests autocannon prepares for each connection. */
const REQUESTS = 100;

const NOTES = [
  `Compared with ${(['better-auth', '@better-auth/api-key', '@event-driven-io/emmett', '@event-driven-io/emmett-sqlite'] as const).map(versionOf).join(', ')}. Keys: ${KEYS.toLocaleString('en')} each.`,
  "Each writes to its own SQLite files in WAL mode. `synchronous` is FULL for Keyledger's log (NORMAL for its projections), for better-auth and for Emmett. It is NORMAL for better-auth where a name says so.",
  'In each verification, better-auth updates the key twice, in two commits. Keyledger collects uses, and appends them every ten seconds.',
  'createAndDelete counts pairs of commands. Emmett has one in flight, because its SQLite store fails with more.',
];

/** Compares us with better-auth, which holds API keys too, and with Emmett, which has event-sourced commands too. */
export const peers: Bench = async () => {
  const missing = installPeers();
  if (missing) return { figures: {}, ratios: {}, goals: {}, notes: [`The peers were NOT MEASURED: ${missing}`] };
  return inTemporaryDirectory(compare);
};

async function compare(directory: string): Promise<Findings> {
  const file = (name: string) => join(directory, name);
  const keyledger = await Contestant.start('./peers-keyledger.js', file('keyledger'));
  const betterAuth = await Contestant.start('./peers-better-auth.js', file('better-auth.db'), 'FULL');
  const betterAuthNormal = await Contestant.start('./peers-better-auth.js', file('better-auth-normal.db'), 'NORMAL');
  const emmett = await Contestant.start('./peers-emmett.js', file('emmett.db'));
  try {
    const verified = await interleave(ROUNDS, {
      keyledger: () => keyledger.perSecond('verify'),
      betterAuth: () => betterAuth.perSecond('verify'),
      betterAuthNormal: () => betterAuthNormal.perSecond('verify'),
    });
    const verifiedOverHttp = await interleave(ROUNDS, {
      keyledger: () => keyledger.perSecondOverHttp(),
      betterAuth: () => betterAuth.perSecondOverHttp(),
      betterAuthNormal: () => betterAuthNormal.perSecondOverHttp(),
    });
    const created = await interleave(ROUNDS, {
      keyledger1: () => keyledger.perSecond('create'),
      keyledger32: () => keyledger.perSecond('create', LANES),
      betterAuth1: () => betterAuth.perSecond('create'),
      betterAuth32: () => betterAuth.perSecond('create', LANES),
    });
    const createdAndDeleted = await interleave(ROUNDS, {
      keyledger1: () => keyledger.perSecond('createAndDelete'),
      keyledger32: () => keyledger.perSecond('createAndDelete', LANES),
      emmett: () => emmett.perSecond('createAndDelete'),
    });
    return {
      figures: {
        ...medians(verified, 'PerSecond', 'verify'),
        ...medians(verifiedOverHttp, 'PerSecond', 'verifyOverHttp'),
        verifyOverHttpKeyledgerP99Milliseconds: median(keyledger.p99),
        verifyOverHttpBetterAuthP99Milliseconds: median(betterAuth.p99),
        verifyOverHttpBetterAuthNormalP99Milliseconds: median(betterAuthNormal.p99),
        ...medians(created, 'PerSecond', 'create'),
        ...medians(createdAndDeleted, 'PerSecond', 'createAndDelete'),
      },
      ratios: {
        verifyToBetterAuth: ratio(verified.keyledger, verified.betterAuth),
        verifyToBetterAuthNormal: ratio(verified.keyledger, verified.betterAuthNormal),
        verifyOverHttpToBetterAuth: ratio(verifiedOverHttp.keyledger, verifiedOverHttp.betterAuth),
        verifyOverHttpToBetterAuthNormal: ratio(verifiedOverHttp.keyledger, verifiedOverHttp.betterAuthNormal),
        create1ToBetterAuth1: ratio(created.keyledger1, created.betterAuth1),
        create32ToBetterAuth32: ratio(created.keyledger32, created.betterAuth32),
        createAndDelete1ToEmmett: ratio(createdAndDeleted.keyledger1, createdAndDeleted.emmett),
        createAndDelete32ToEmmett: ratio(createdAndDeleted.keyledger32, createdAndDeleted.emmett),
      },
      goals: {
        verifyToBetterAuth: { atLeast: 100 },
        verifyOverHttpToBetterAuth: { atLeast: 10 },
        create32ToBetterAuth32: { atLeast: 2 },
      },
      notes: NOTES,
    };
  } finally {
    await Promise.all([keyledger, betterAuth, betterAuthNormal, emmett].map((contestant) => contestant.stop()));
  }
}

/** A program in a process of its own. */
class Contestant {
  readonly #child: Child<PeerQuestion, Served | number | undefined>;
  readonly #served: Served | undefined;
  /** Of each round over HTTP, in milliseconds. */
  readonly p99: number[] = [];

  static async start(module: string, ...args: string[]): Promise<Contestant> {
    const child = startChild<PeerQuestion, Served | number | undefined>(new URL(module, import.meta.url), ...args);
    const served = await child.ask({ start: KEYS });
    return new Contestant(child, typeof served === 'object' ? served : undefined);
  }

  constructor(child: Child<PeerQuestion, Served | number | undefined>, served: Served | undefined) {
    this.#child = child;
    this.#served = served;
  }

  async perSecond(task: Task, lanes = 1): Promise<number> {
    return Number(await this.#child.ask({ task, lanes, milliseconds: 1000 * SECONDS }));
  }

  async perSecondOverHttp(): Promise<number> {
    if (!this.#served) throw new Error('It does not listen.');
    const { url, requests: all } = this.#served;
    const requests = Array.from({ length: REQUESTS }, () => oneOf(all));
    const { perSecond, p99 } = await underLoad({ url, requests, connections: CONNECTIONS, duration: SECONDS });
    this.p99.push(p99);
    return perSecond;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
