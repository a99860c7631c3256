import { join } from 'node:path';
import type { NewEvent } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { EventStoreDbServer, isInstalled } from '../support/eventstoredb-server.js';
import type { AppendQuestion } from './eventstoredb-appender.js';
import { type Bench, type Findings, interleave, median, ratio, timed, unmeasured } from './support/bench.js';
import { type Child, startChild } from './support/child.js';
import { creation } from './support/events.js';
import { installPeers } from './support/peers.js';
import { RawLog } from './support/raw-log.js';
import { inTemporaryDirectory } from './support/temporary.js';

const ROUNDS = 15;

/** Measures the cost of a durable append, against its minimum and against other stores. */
export const append: Bench = async () => {
  const parts: Findings[] = [];
  for (const part of [onSqlite, againstEmmett, onEventStoreDb]) parts.push(await inTemporaryDirectory(part));
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
    goals: Object.assign({}, ...parts.map(({ goals }) => goals)),
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
};

/** All figures are events per second. */
async function onSqlite(directory: string): Promise<Findings> {
  const store = new SqliteEventStore(join(directory, 'adapter.db'));
  const raw = new RawLog(join(directory, 'raw.db'));
  const appendTo = (stream: string, event: NewEvent) => store.append(stream, 0, [event]);
  const perSecond = await interleave(ROUNDS, {
    adapter1: () => rate(1, 500, appendTo),
    adapter32: () => rate(32, 6400, appendTo),
    adapter128: () => rate(128, 12_800, appendTo),
    raw1: () => rawRate(raw, 1, 500),
    raw32: () => rawRate(raw, 32, 6400),
    raw128: () => rawRate(raw, 128, 12_800),
  });
  await store.close();
  raw.close();
  return {
    figures: medians(perSecond),
    ratios: {
      adapter1ToRaw1: ratio(perSecond.adapter1, perSecond.raw1),
      adapter32ToRaw1: ratio(perSecond.adapter32, perSecond.raw1),
      adapter32ToRaw32: ratio(perSecond.adapter32, perSecond.raw32),
      adapter128ToRaw128: ratio(perSecond.adapter128, perSecond.raw128),
    },
    goals: { adapter32ToRaw1: { atLeast: 10 }, adapter32ToRaw32: { atLeast: 0.6 } },
  };
}

async function againstEmmett(directory: string): Promise<Findings> {
  const missing = installPeers();
  if (missing) return unmeasured(`Emmett was not measured: ${missing}`);
  const store = new SqliteEventStore(join(directory, 'adapter.db'));
  const emmett = startChild<AppendQuestion, number>(
    new URL('./emmett-appender.js', import.meta.url),
    join(directory, 'emmett.db'),
  );
  const perSecond = await interleave(ROUNDS, {
    adapter32: () => rate(32, 6400, (stream, event) => store.append(stream, 0, [event])),
    emmett32: () => emmett.ask({ lanes: 32, count: 64 }),
  });
  await store.close();
  await emmett.stop();
  return {
    figures: medians({ emmett32: perSecond.emmett32 }),
    ratios: { adapter32ToEmmett32: ratio(perSecond.adapter32, perSecond.emmett32) },
    goals: { adapter32ToEmmett32: { atLeast: 50 } },
  };
}

/** The client allows one of its kind in a process, so each contestant has a process. */
async function onEventStoreDb(directory: string): Promise<Findings> {
  const given = process.env.KEYLEDGER_TEST_ESDB;
  if (!given && !isInstalled()) return unmeasured('EventStoreDB was not measured: there is none here.');
  const server = given ? undefined : await EventStoreDbServer.start(join(directory, 'eventstoredb'));
  const appender = (kind: string): Child<AppendQuestion, number> =>
    startChild(new URL('./eventstoredb-appender.js', import.meta.url), kind, given ?? server?.connectionString ?? '');
  const [adapter, client] = [appender('adapter'), appender('client')];
  try {
    const perSecond = await interleave(ROUNDS, {
      esdbAdapter1: () => adapter.ask({ lanes: 1, count: 100 }),
      esdbClient1: () => client.ask({ lanes: 1, count: 100 }),
      esdbAdapter32: () => adapter.ask({ lanes: 32, count: 1600 }),
      esdbClient32: () => client.ask({ lanes: 32, count: 1600 }),
      esdbAdapter128: () => adapter.ask({ lanes: 128, count: 1920 }),
      esdbClient128: () => client.ask({ lanes: 128, count: 1920 }),
    });
    const goal = { atLeast: 0.8 };
    return {
      figures: medians(perSecond),
      ratios: {
        esdbAdapter1ToClient1: ratio(perSecond.esdbAdapter1, perSecond.esdbClient1),
        esdbAdapter32ToClient32: ratio(perSecond.esdbAdapter32, perSecond.esdbClient32),
        esdbAdapter128ToClient128: ratio(perSecond.esdbAdapter128, perSecond.esdbClient128),
      },
      goals: { esdbAdapter1ToClient1: goal, esdbAdapter32ToClient32: goal, esdbAdapter128ToClient128: goal },
    };
  } finally {
    await Promise.all([adapter.stop(), client.stop()]);
    await server?.kill();
  }
}

let accounts = 0;

/** Prepares the events: one for each of that many new accounts. */
function newEvents(count: number): [stream: string, event: NewEvent][] {
  return Array.from({ length: count }, () => {
    accounts += 1;
    return [`apiKeys-account-${accounts}`, creation()];
  });
}

/** Events per second, one per append, with that many appends in flight. */
async function rate(
  lanes: number,
  count: number,
  appendTo: (...event: [string, NewEvent]) => Promise<number>,
): Promise<number> {
  const events = newEvents(count).values();
  const lane = async () => {
    for (const event of events) await appendTo(...event);
  };
  return (1000 * count) / (await timed(() => Promise.all(Array.from({ length: lanes }, lane))));
}

/** Events per second, with that many in a commit. */
async function rawRate(raw: RawLog, batch: number, count: number): Promise<number> {
  const events = newEvents(count);
  const time = await timed(() => {
    for (let done = 0; done < count; done += batch) raw.append(events.slice(done, done + batch));
  });
  return (1000 * count) / time;
}

function medians(measured: Record<string, number[]>): Record<string, number> {
  return Object.fromEntries(Object.entries(measured).map(([name, values]) => [`${name}PerSecond`, median(values)]));
}
