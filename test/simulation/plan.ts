import { INCIDENTS, type Incident, WEATHERS, type Weather } from './faults.js';
import { Random } from './random.js';

/** What clients do, as often as it is in the list. */
const OPERATIONS = [
  ...(['create', 'create', 'create', 'create', 'rotate', 'rotate', 'delete', 'delete'] as const),
  ...(['rename', 'disable', 'enable', 'revoke', 'freeze', 'thaw', 'thaw', 'report'] as const),
  ...(['verify', 'verify', 'verify', 'verify', 'verify', 'read', 'read', 'checkpoint'] as const),
] as const;

export type OperationKind = (typeof OPERATIONS)[number];

/** Who acts, by the events of clients' requests. */
export const CLIENT = 'client';

/** A request of a client to one process. Durations are in milliseconds. */
export interface Operation {
  kind: OperationKind;
  at: number;
  process: number;
  account: string;
  /** Which of the account's keys: 0 is the newest. */
  target: number;
  lifetime: number | undefined;
  overlap: number;
  idempotencyKey: string | undefined;
}

export type Item = ({ type: 'operation' } & Operation) | ({ type: 'weather' } & Weather) | ({ type: 'incident' } & Incident);

/** Everything that happens in a run, apart from how its steps interleave. */
export interface Plan {
  seed: number;
  /** The machine of each process. */
  machines: number[];
  settings: Record<string, string>;
  /** True if the store's server tells its time. */
  hasServerClock: boolean;
  /** In the order of their instants. */
  items: Item[];
}

/** How long clients send requests, in milliseconds. */
const LENGTH = 20_000;
const ACCOUNTS = ['ann', 'ben', 'cem'];

/** How often there are analytics. A seed takes about a fifth more time with them. */
const ANALYTICS = 0.2;

/** All machines use the same pseudonyms. */
const PSEUDONYM_KEY = Buffer.alloc(32, 9).toString('base64');

/** The plan of that seed. */
export function planOf(seed: number): Plan {
  const random = new Random(seed, 'plan');
  const processes = random.between(2, 4);
  const machines = Array.from({ length: processes }, (_, index) => (index > 0 && random.chance(0.4) ? 0 : index));
  const accounts = ACCOUNTS.slice(0, random.between(1, 3));
  const operations = Array.from({ length: random.between(25, 70) }, () => operation(random, processes, accounts));
  const weathers = Array.from({ length: random.between(0, 8) }, () => weather(random, processes));
  const incidents = Array.from({ length: random.between(0, 5) }, () => incident(random, processes));
  const ends = [...weathers, ...incidents].map(({ at, lasts, process }) => verification(random, at + lasts, process, accounts));
  return {
    seed,
    machines,
    settings: {
      KEYLEDGER_STALENESS: random.pick(['2s', '3s', '5s']),
      KEYLEDGER_DEADLINE: random.pick(['1s', '2s', '4s']),
      ...(random.chance(ANALYTICS) && { KEYLEDGER_PSEUDONYM_KEY: PSEUDONYM_KEY }),
    },
    hasServerClock: random.chance(0.4),
    items: [...operations, ...weathers, ...incidents, ...ends].sort((a, b) => a.at - b.at),
  };
}

function operation(random: Random, processes: number, accounts: readonly string[]): Item {
  const isAtOnce = random.chance(0.3);
  return {
    type: 'operation',
    kind: random.pick(OPERATIONS),
    // Many requests at once find what one after another never does.
    at: isAtOnce ? random.between(1, 4) * 4000 + random.next() * 20 : random.next() * LENGTH,
    process: random.between(0, processes - 1),
    account: random.pick(accounts),
    target: random.between(0, 2),
    lifetime: random.chance(0.3) ? random.between(1, 20_000) : undefined,
    overlap: random.pick([0, 0, 1, 5, 30]),
    idempotencyKey: random.chance(0.4) ? `request ${random.between(1, 6)}` : undefined,
  };
}

/** What a process answers just when a fault is over is often wrong first. */
function verification(random: Random, end: number, process: number, accounts: readonly string[]): Item {
  const [account, at] = [random.pick(accounts), end + random.next() * 15];
  const rest = { target: 0, lifetime: undefined, overlap: 0, idempotencyKey: undefined };
  return { type: 'operation', kind: 'verify', at, process, account, ...rest };
}

function weather(random: Random, processes: number): Weather & { type: 'weather' } {
  const kind = random.pick(WEATHERS);
  return {
    type: 'weather',
    kind,
    at: random.next() * LENGTH,
    lasts: random.between(200, 10_000),
    chance: random.pick([0.1, 0.3, 1]),
    // All processes see the same events at the same time.
    process: kind === 'events become visible late' ? 0 : random.between(0, processes - 1),
  };
}

function incident(random: Random, processes: number): Incident & { type: 'incident' } {
  return {
    type: 'incident',
    kind: random.pick(INCIDENTS),
    at: random.next() * LENGTH,
    lasts: random.between(100, 10_000),
    process: random.between(0, processes - 1),
    by: random.pick([-3_600_000, -20_000, -3000, 500, 15_000, 90_000, 7_200_000]),
  };
}
