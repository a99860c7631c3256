import { ReadYourWrites, type Watch } from '../../../src/projections/keys/read-your-writes.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { newEvent } from '../../support/events.js';

/** The event with which the account reaches that version. */
function event(account: string, version: number): RecordedEvent {
  return { ...newEvent(), stream: `apiKeys-${account}`, version, position: version };
}

/** Which of these versions the watch knows to be projected. */
async function known(watch: Watch, ...versions: number[]): Promise<number[]> {
  const found: number[] = [];
  for (const version of versions) watch.reached(version).then(() => found.push(version));
  await new Promise(setImmediate);
  return found;
}

/** Nothing may be looked up. */
function neverAsked(): never {
  throw new Error('The tables were asked.');
}

/** Tables that hold that version of every account, and of which accounts they were asked. */
function overTables(version: number) {
  const asked: string[] = [];
  const writes = new ReadYourWrites((account) => {
    asked.push(account);
    return version;
  });
  return { writes, asked };
}

it('knows what was projected since the watch began, without a look at the tables', async () => {
  const writes = new ReadYourWrites(neverAsked);
  const watch = writes.watch('a');
  watch.note(2);
  writes.record([event('a', 3), event('b', 7)]);
  expect(await known(watch, 1, 2, 3, 4)).toEqual([1, 2, 3]);
  writes.record([event('a', 4)]);
  expect(await known(watch, 4)).toEqual([4]);
});

it('looks at the tables, when others may have written there, for those who wait', async () => {
  const { writes, asked } = overTables(5);
  const [waiting, idle] = [writes.watch('a'), writes.watch('b')];
  const arrived = waiting.reached(5);
  writes.record([]);
  await arrived;
  expect(asked).toEqual(['a']);
  expect(await known(idle, 5)).toEqual([]);
});

it('tells each of two commands of an account of its own version', async () => {
  const writes = new ReadYourWrites(neverAsked);
  const [one, other] = [writes.watch('a'), writes.watch('a')];
  const late = other.reached(2);
  writes.record([event('a', 1)]);
  expect(await known(one, 1)).toEqual([1]);
  one.end();
  writes.record([event('a', 2)]);
  await late;
});

it('goes on telling those who still wait after the end, and forgets the others', async () => {
  const { writes, asked } = overTables(0);
  const [over, awaited] = [writes.watch('a'), writes.watch('b')];
  const arrived = awaited.reached(1);
  over.end();
  awaited.end();
  writes.record([]);
  expect(asked).toEqual(['b']);
  writes.record([event('b', 1)]);
  await arrived;
  writes.record([]);
  expect(asked).toEqual(['b']);
});
