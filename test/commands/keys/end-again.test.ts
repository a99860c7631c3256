import { endAgain } from '../../../src/commands/keys/end-again.js';
import { type Ending, RECOVERY_ACTOR } from '../../../src/domain/keys/endings.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { StreamGap } from '../../../src/domain/keys/refusals.js';
import { decode } from '../../../src/store/codec.js';
import {
  type EventStore,
  LogSealed,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  StoreUnavailable,
} from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { record } from '../../support/histories.js';
import { at, created, deleted, disabled, frozen, id, START } from '../../support/specification.js';
import { eventsOf, FormerLeader, LosingAnswers, StoreDouble } from '../../support/store-doubles.js';

const NOW = START + 1000;
const never = new AbortController().signal;

/** A log that holds these events of one account, and how its keys are ended again. */
async function logWith(...events: KeyEvent[]) {
  const log = new SqliteEventStore(':memory:');
  const account = newAccount();
  await record(log, account, events);
  const end = (endings: Ending[], store: EventStore = log, clock = () => NOW, signal = never) =>
    endAgain({ store, clock }, account, endings, signal);
  const added = async () => (await eventsOf(log, streamOf('apiKeys', account))).slice(events.length).map(decode);
  return { log, account, end, added };
}

const deletedA: Ending = { type: 'KeyDeleted', data: { keyId: id('a'), reason: 'LEAKED' } };
const disabledB: Ending = { type: 'KeyDisabled', data: { keyId: id('b') } };
const expiredC: Ending = { type: 'KeyExpirySet', data: { keyId: id('c'), expiresAt: at(START) } };
const ENDINGS = [deletedA, disabledB, { type: 'AccountFrozen', data: {} } satisfies Ending];

it('writes what the log lacks, as the next events of the stream, by the recovery and now', async () => {
  const { end, added } = await logWith(created('a'), created('b'));
  expect(await end(ENDINGS)).toEqual(ENDINGS);
  expect(await added()).toEqual(
    ENDINGS.map((ending, index) => ({ ...ending, version: index + 3, at: at(NOW), actor: RECOVERY_ACTOR })),
  );
});

it('writes nothing twice', async () => {
  const { end, added } = await logWith(created('a'), created('b'));
  await end(ENDINGS);
  const written = await added();
  expect(await end(ENDINGS)).toEqual([]);
  expect(await added()).toEqual(written);
});

it('asks for no append where the log lacks nothing: it may be sealed', async () => {
  const { log, end } = await logWith(created('a'), deleted('a'));
  const store = new LosingAnswers(log);
  store.faults.push({ error: new LogSealed(), written: false });
  expect(await end([deletedA], store)).toEqual([]);
});

it('writes only what the log lacks', async () => {
  const { end, added } = await logWith(created('a'), deleted('a'), created('b'), disabled('b'), created('c'), frozen());
  expect(await end([...ENDINGS, expiredC])).toEqual([expiredC]);
  expect(await added()).toMatchObject([expiredC]);
});

it('lets no time run back in a stream, even by a clock that is behind', async () => {
  const { end, added } = await logWith(created('a'));
  await end([deletedA], undefined, () => START - 1000);
  expect(await added()).toMatchObject([{ at: at(START + 1) }]);
});

it('gives the events of one recovery of an account one correlation', async () => {
  const { log, account, end } = await logWith(created('a'), created('b'));
  await end(ENDINGS);
  const correlations = (await eventsOf(log, streamOf('apiKeys', account)))
    .slice(2)
    .map(({ metadata }) => metadata.correlationId);
  expect(new Set(correlations).size).toBe(1);
  expect(correlations[0]).toMatch(/^[0-9a-f-]{36}$/);
});

/** A store to which others append just before the first append. */
class Overtaken extends StoreDouble {
  others: (() => Promise<unknown>) | undefined;

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    const overtake = this.others;
    this.others = undefined;
    await overtake?.();
    return this.store.append(stream, version, events, signal);
  }
}

it('looks again where others append meanwhile, and ends only what they have not ended', async () => {
  const { log, account, end, added } = await logWith(created('a'), created('b'));
  const store = new Overtaken(log);
  store.others = () => record(log, account, [deleted('a')], 2);
  expect(await end([deletedA, disabledB], store)).toEqual([disabledB]);
  expect(await added()).toMatchObject([deleted('a'), { ...disabledB, version: 4 }]);
});

it.each([{ written: true }, { written: false }])('writes once where the store loses an answer: %o', async ({ written }) => {
  const { log, end, added } = await logWith(created('a'));
  const store = new LosingAnswers(log);
  store.faults.push({ error: new OutcomeUnknown(), written });
  expect(await end([deletedA], store)).toEqual([deletedA]);
  expect(await added()).toMatchObject([deletedA]);
});

it('gives up at once on a sealed log', async () => {
  const { log, end, added } = await logWith(created('a'));
  const store = new LosingAnswers(log);
  store.faults.push({ error: new LogSealed(), written: false });
  await expect(end([deletedA], store)).rejects.toThrow(LogSealed);
  expect(await added()).toEqual([]);
});

/** A store that cannot be read for a while. */
class AwayReads extends StoreDouble {
  away = 0;

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    this.away -= 1;
    if (this.away >= 0) throw new StoreUnavailable();
    yield* this.store.read(stream, after, signal);
  }
}

it('waits for a store that cannot be read for a moment', async () => {
  const { log, end } = await logWith(created('a'));
  const store = new AwayReads(log);
  store.away = 1;
  expect(await end([deletedA], store)).toEqual([deletedA]);
});

it('says that the store is away once its time is over', async () => {
  const { log, end, added } = await logWith(created('a'));
  const store = new AwayReads(log);
  store.away = Number.POSITIVE_INFINITY;
  await expect(end([deletedA], store, undefined, AbortSignal.abort())).rejects.toThrow(StoreUnavailable);
  expect(await added()).toEqual([]);
});

it('does not take the word of a former leader for what the log holds', async () => {
  const { log, end, added } = await logWith(created('a'), created('b'), deleted('a'));
  const leader = new FormerLeader(log);
  leader.shown = 2;
  expect(await end([deletedA], leader)).toEqual([]);
  expect(await added()).toEqual([]);
});

it('ends nothing in a stream that lacks an event', async () => {
  const { log, end, added } = await logWith(created('a'), created('b'), disabled('b'));
  const torn = new (class extends StoreDouble {
    override async *read(stream: string, after?: number): AsyncGenerator<RecordedEvent[]> {
      for await (const page of this.store.read(stream, after)) yield page.filter(({ version }) => version !== 2);
    }
  })(log);
  await expect(end([deletedA], torn)).rejects.toThrow(StreamGap);
  expect(await added()).toEqual([]);
});
