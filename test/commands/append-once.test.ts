import { appendOnce } from '../../src/commands/append-once.js';
import { NotCaughtUp } from '../../src/projections/engine/caught-up.js';
import { LogMismatch, LogSealed, OutcomeUnknown, VersionConflict } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { newAccount } from '../support/cleanup.js';
import { idsOf, newEvents } from '../support/events.js';
import { eventsOf, FormerLeader, LosingAnswers } from '../support/store-doubles.js';

const never = new AbortController().signal;
const stream = `apiKeys-${newAccount()}`;

/** A store that loses the answer to the next append. The try after it meets a former leader, with an event that the others do not know. */
function afterLostAnswer({ written }: { written: boolean }) {
  const log = new SqliteEventStore(':memory:');
  const leader = new FormerLeader(log);
  const store = new LosingAnswers(leader);
  store.faults.push({ error: new OutcomeUnknown(), written });
  store.onTried = async (tries) => {
    if (tries === 2) leader.shown = 1;
  };
  return { store, log };
}

describe('after an unknown outcome, a conflict that a former leader tells of is not believed', () => {
  it.each([{ written: true }, { written: false }])('%o', async ({ written }) => {
    const { store, log } = afterLostAnswer({ written });
    const events = newEvents(2);
    await expect(appendOnce(store, stream, 0, events, never)).resolves.toBe(2);
    expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
  });

  it('where others did append, it is a conflict with them', async () => {
    const { store, log } = afterLostAnswer({ written: false });
    const others = newEvents(3);
    await log.append(stream, 0, others);
    const conflict = expect.objectContaining({ constructor: VersionConflict, actual: 3 });
    await expect(appendOnce(store, stream, 0, newEvents(1), never)).rejects.toEqual(conflict);
    expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(others));
  });
});

it('believes a conflict at once where nothing of its own may be written', async () => {
  const { store, log } = afterLostAnswer({ written: false });
  store.faults.length = 0;
  await log.append(stream, 0, newEvents(1));
  await expect(appendOnce(store, stream, 0, newEvents(1), never)).rejects.toBeInstanceOf(VersionConflict);
  expect(store.tried).toHaveLength(1);
});

describe('an append of unknown outcome, after which a try is refused', () => {
  const refusals = [new LogMismatch(), new NotCaughtUp(), new Error('of the disk')].map(
    (error) => [error.message, error] as const,
  );

  it.each(refusals)('is retried, since that tells nothing of the first try: %s', async (_message, error) => {
    const { store, log } = afterLostAnswer({ written: true });
    store.faults.push({ error, written: false });
    const events = newEvents(1);
    await expect(appendOnce(store, stream, 0, events, never)).resolves.toBe(1);
    expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
  });

  it.each(refusals)('stays of unknown outcome when the time is over: %s', async (_message, error) => {
    const { store } = afterLostAnswer({ written: true });
    store.faults.push({ error, written: false });
    const limit = new AbortController();
    store.onTried = async (tries) => {
      if (tries === 2) limit.abort();
    };
    const unknown = expect.objectContaining({ constructor: OutcomeUnknown, cause: error });
    await expect(appendOnce(store, stream, 0, newEvents(1), limit.signal)).rejects.toEqual(unknown);
  });

  it('is not written if the log is sealed, which takes no event but lets one be repeated that it holds', async () => {
    const { store } = afterLostAnswer({ written: false });
    store.faults.push({ error: new LogSealed(), written: false });
    await expect(appendOnce(store, stream, 0, newEvents(1), never)).rejects.toBeInstanceOf(LogSealed);
  });
});

it('says at once why an append is refused that cannot have been written', async () => {
  const { store } = afterLostAnswer({ written: false });
  store.faults.splice(0, 1, { error: new LogMismatch(), written: false });
  await expect(appendOnce(store, stream, 0, newEvents(1), never)).rejects.toBeInstanceOf(LogMismatch);
});
