import { appendOnce } from '../../src/commands/append-once.js';
import { OutcomeUnknown, VersionConflict } from '../../src/store/event-store.js';
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
