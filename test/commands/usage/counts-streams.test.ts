import { RefusalLog } from '../../../src/commands/usage/refusal-log.js';
import { UsageLog } from '../../../src/commands/usage/usage-log.js';
import { QUARTER } from '../../../src/domain/analytics/quarter.js';
import { DAY } from '../../../src/domain/usage/key-usage.js';
import { encode } from '../../../src/store/codec.js';
import {
  type EventStore,
  OutcomeUnknown,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { collect } from '../../support/events.js';
import { at, id, START } from '../../support/specification.js';
import { LosingAnswers, PatientAppends, StoreDouble } from '../../support/store-doubles.js';
import { closed, FIRST_DAY, sumUsage } from '../../support/usage-events.js';

const [A, B, C] = [id('a'), id('b'), id('c')];
const NEVER = 2 ** 31 - 1;

function logged() {
  const lines: [message: string, fields: object][] = [];
  const say = (fields: object, message: string) => lines.push([message, fields]);
  return { lines, log: { warn: say, error: say } as never };
}

/** A usage log that writes only when it is flushed. The clock shows `time.now`. */
function usageLog(store: EventStore = new SqliteEventStore(':memory:'), capacity = 1000) {
  const { lines, log } = logged();
  const time = { now: START };
  const uses = new UsageLog({ store: new PatientAppends(store), clock: () => time.now, log, interval: NEVER, capacity });
  /** Records a use of each at that instant, and writes. */
  const write = async (keyIds: string[], instant = START) => {
    for (const keyId of keyIds) uses.record({ keyId, at: instant });
    await uses.flush();
  };
  const recorded = () => collect(store.readAll('apiKeyUsage'));
  /** The keys that each stream names, in the order of the log. */
  const named = async () => {
    const keys = new Map<string, Set<string>>();
    for (const { stream, data } of await recorded()) {
      const names = keys.get(stream) ?? new Set();
      for (const [name] of (data as { uses: [string][] }).uses) names.add(name);
      keys.set(stream, names);
    }
    return [...keys.values()].map((names) => [...names]);
  };
  return { store, time, lines, write, recorded, named };
}

describe('a stream goes on', () => {
  it('until it names as many keys as may wait', async () => {
    const { write, named } = usageLog(undefined, 3);
    for (const keyIds of [[A], [A, B], [B], [C], [A]]) await write(keyIds);
    expect(await named()).toEqual([[A, B, C], [A]]);
  });

  it('until its day is over; what comes later for that day starts another one', async () => {
    const { write, named, time } = usageLog();
    await write([A]);
    time.now = START + DAY;
    await write([B], START + DAY);
    await write([C], START + DAY);
    await write([A]);
    expect(await named()).toEqual([[A], [B, C], [A]]);
  });
});

it('a use at the start of a quarter counts for it, also after one of the quarter before', async () => {
  const { write, recorded } = usageLog();
  await write([A], START + QUARTER);
  await write([A], START + QUARTER - 1);
  await write([A], START + QUARTER);
  const quarters = (await recorded()).map(({ data }) => (data as { quarters: unknown }).quarters);
  expect(quarters).toEqual([[[1, 1]], [[0, 1]], [[1, 2]]]);
});

describe('an append stays small enough for every store', () => {
  it('since a record takes 32 KiB at the most, however long the names are', async () => {
    const store = new SqliteEventStore(':memory:');
    const { lines, log } = logged();
    const refusals = new RefusalLog({ store, clock: () => START, log });
    const accounts = Array.from({ length: 500 }, (_, index) => String(index).padStart(128, '~'));
    for (const account of accounts) refusals.record(account, START + DAY - 1);
    await refusals.flush();
    const events = await collect(store.readAll('apiKeyUsage'));
    for (const { data } of events) expect(JSON.stringify(data).length).toBeLessThanOrEqual(32 * 1024);
    expect(Object.keys(sumUsage(events)).filter((name) => name.startsWith('refusals '))).toHaveLength(500);
    expect(lines).toEqual([]);
  });

  it('since it has 16 records at the most', async () => {
    const store = new LosingAnswers(new SqliteEventStore(':memory:'));
    const { write } = usageLog(store, 10_000);
    await write(Array.from({ length: 250 * 17 }, (_, index) => `key_${index}`));
    expect(store.tried.map(({ ids, version }) => [ids.length, version])).toEqual([
      [16, 0],
      [1, 16],
    ]);
  });
});

/** A store that shows only the last event of each stream, as EventStoreDB does once a stream was removed. */
class LastEvents extends StoreDouble {
  override async *read(stream: string, after?: number): AsyncGenerator<RecordedEvent[]> {
    const last = (await collect(this.store.read(stream, after))).at(-1);
    if (last) yield [last];
  }
}

/** A process that has counted once. Its next append is made or not and gets no answer. `onRetried` is called before its second retry. */
async function afterLostAnswer(written: boolean, onRetried: (log: EventStore, stream: string) => Promise<unknown>) {
  const log = new SqliteEventStore(':memory:');
  const store = new LosingAnswers(new LastEvents(log));
  const usage = usageLog(store);
  await usage.write([A]);
  const [first] = await usage.recorded();
  store.faults.push({ error: new OutcomeUnknown(), written }, { error: new StoreUnavailable(), written: false });
  store.onTried = async (tries) => {
    if (tries === 4) await onRetried(log, first?.stream ?? '');
  };
  return { ...usage, store, log };
}

async function close(log: EventStore, stream: string, version: number): Promise<void> {
  await log.append(stream, version, [encode({ ...closed(), at: at(START), actor: 'system:usage' }, 'none')]);
}

describe('where another process has closed the stream before it is known whether counts were written', () => {
  it.each([false, true])('they count once: written is %s', async (written) => {
    const { write, recorded, lines } = await afterLostAnswer(written, (log, stream) => close(log, stream, written ? 2 : 1));
    await write([A, B, B]);
    expect(sumUsage(await recorded())).toMatchObject({
      [`uses ${FIRST_DAY} ${A}`]: [2, 0, 0],
      [`uses ${FIRST_DAY} ${B}`]: [2, 0, 0],
    });
    expect(lines).toEqual([]);
  });
});

describe('where the stream was removed before it is known whether counts were written, they are lost aloud rather than counted twice', () => {
  const uncertain = [
    [
      'uses of keys could not be recorded',
      {
        day: FIRST_DAY,
        lost: 3,
        err: expect.objectContaining({
          message: 'It is unknown whether the counts were written, and their stream was removed since.',
          cause: expect.any(VersionConflict),
        }),
      },
    ],
  ];

  it('and nothing of it is left', async () => {
    const { write, recorded, lines } = await afterLostAnswer(true, (log, stream) => log.prune(stream));
    await write([A, B, B]);
    expect(lines).toEqual(uncertain);
    expect(await recorded()).toEqual([]);
  });

  it('and only its last event is left', async () => {
    const { write, recorded, lines, store } = await afterLostAnswer(true, async (log, stream) => {
      await close(log, stream, 2);
      store.faults.push({ error: new VersionConflict(stream, 1, 3), written: false });
    });
    await write([A, B, B]);
    expect(lines).toEqual(uncertain);
    expect(await recorded()).toHaveLength(3);
  });
});
