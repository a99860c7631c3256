import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FEED_LIMITS } from '../../src/graphql/audit/open-feeds.js';
import type { HostileQuestion } from './hostile-clients.js';
import type { Outcome, Target } from './support/attack.js';
import { type Bench, type Findings, median } from './support/bench.js';
import { type Child, startChild } from './support/child.js';
import { HOSTILE } from './support/hostile.js';
import { Keyledger, viewerOf } from './support/keyledger.js';
import type { Steady } from './support/steady-load.js';
import { verifySteadily } from './support/steady-verifications.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_SECONDS`, `KEYLEDGER_BENCH_ROUNDS` and `KEYLEDGER_BENCH_CONNECTIONS` ask for fewer, to try it out. */
const SECONDS = Number(process.env.KEYLEDGER_BENCH_SECONDS ?? 15);
const ROUNDS = Number(process.env.KEYLEDGER_BENCH_ROUNDS ?? 3);
/** How many connections, and how many feeds, are held open. */
const CROWD = Number(process.env.KEYLEDGER_BENCH_CONNECTIONS ?? 10_000);

/** Over so many connections, as a service has them. */
const LOAD = { perSecond: 1000, seconds: SECONDS, lanes: 64 };
/** Files that a process needs beside its connections. */
const OTHER_FILES = 500;
/** How much of an attack must go on. The rest is for clients that the server closes, and that begin again. */
const ENOUGH = 0.9;
/** How often the server's memory is looked at, in milliseconds. */
const LOOK = 250;
/** For how long the server rests after hostile clients have left, in milliseconds. */
const REST = 3000;

/** Measures verifications at a fixed rate: first alone, then beside each kind of hostile client. */
export const hostile: Bench = () =>
  inTemporaryDirectory(async (parent) => {
    const crowd = Math.min(CROWD, openFilesLimit() - OTHER_FILES);
    const dataDirectory = join(parent, 'data');
    const keyledger = await Keyledger.start(dataDirectory);
    const clients = startChild<HostileQuestion, Outcome>(new URL('./hostile-clients.js', import.meta.url));
    try {
      const { secret } = await keyledger.client.newKey();
      const { token, account } = await viewerOf(keyledger, dataDirectory, { account: 'busy', role: 'owner' });
      const target = {
        url: keyledger.url,
        tokens: await tokensFor(crowd, keyledger, dataDirectory),
        busy: { token, account },
        crowd,
      };
      const load = () => verifySteadily(keyledger, secret, LOAD);
      await load();
      const alone = await roundsOf(load);
      const findings: Findings = {
        figures: { offeredPerSecond: LOAD.perSecond, aloneMillisecondsP99: p99Of(alone) },
        ratios: { aloneAnsweredToOffered: answeredToOffered(alone) },
        goals: { aloneAnsweredToOffered: { atLeast: 1 } },
        notes:
          crowd < CROWD ? [`This system allows a process too few files for ${CROWD} connections: ${crowd} were opened.`] : [],
      };
      for (const name of Object.keys(HOSTILE)) {
        const beside = await besideClients(name, { keyledger, clients, target, load });
        const ratios = {
          [`${name}AnsweredToOffered`]: answeredToOffered(beside.rounds),
          [`${name}P99ToAlone`]: p99Of(beside.rounds) / p99Of(alone),
          [`${name}WentOn`]: beside.outcome.wentOn,
        };
        const tally = Object.entries(beside.outcome.tally).map(([what, count]) => [`${name}${capital(what)}`, count]);
        const figures = {
          [`${name}MillisecondsP99`]: p99Of(beside.rounds),
          [`${name}MegabytesMore`]: beside.megabytesMore,
          ...Object.fromEntries(tally),
        };
        Object.assign(findings.figures, figures);
        Object.assign(findings.ratios, ratios);
        Object.assign(findings.goals, {
          [`${name}AnsweredToOffered`]: { atLeast: 1 },
          [`${name}WentOn`]: { atLeast: ENOUGH },
        });
      }
      return findings;
    } finally {
      await clients.stop();
      await keyledger.stop();
    }
  });

interface Beside {
  rounds: Steady[];
  outcome: Outcome;
  /** By how much the server's memory grew at most. */
  megabytesMore: number;
}

interface Stage {
  keyledger: Keyledger;
  clients: Child<HostileQuestion, Outcome>;
  target: Target;
  load: () => Promise<Steady>;
}

async function besideClients(attack: string, { keyledger, clients, target, load }: Stage): Promise<Beside> {
  const { residentMegabytes: before } = await keyledger.used();
  let [most, isOver] = [before, false];
  const watch = (async () => {
    while (!isOver) {
      most = Math.max(most, (await keyledger.used()).residentMegabytes);
      await delay(LOOK);
    }
  })();
  try {
    await clients.ask({ attack, target });
    const rounds = await roundsOf(load);
    const outcome = await clients.ask({ leave: true });
    await delay(REST);
    return { rounds, outcome, megabytesMore: most - before };
  } finally {
    isOver = true;
    await watch;
  }
}

/** Tokens of as many owners as may have that many feeds open. */
async function tokensFor(feeds: number, keyledger: Keyledger, dataDirectory: string): Promise<string[]> {
  const accounts = Array.from({ length: Math.ceil(feeds / FEED_LIMITS.perViewer) }, (_, index) => `idle-${index}`);
  const owners = accounts.map((account) => viewerOf(keyledger, dataDirectory, { account, role: 'owner' }));
  return (await Promise.all(owners)).map(({ token }) => token);
}

async function roundsOf(load: () => Promise<Steady>): Promise<Steady[]> {
  const rounds: Steady[] = [];
  while (rounds.length < ROUNDS) rounds.push(await load());
  return rounds;
}

function p99Of(rounds: Steady[]): number {
  return median(rounds.map(({ p99 }) => p99));
}

function answeredToOffered(rounds: Steady[]): number {
  const sum = (name: 'answered' | 'offered') => rounds.reduce((total, round) => total + round[name], 0);
  return sum('answered') / sum('offered');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** How many files a process may open. Node asks for as many as it may get. */
function openFilesLimit(): number {
  const limits = '/proc/self/limits';
  const [, limit] = (existsSync(limits) && /^Max open files +(\d+)/m.exec(readFileSync(limits, 'utf8'))) || [];
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
}
