import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { GroupCommit } from '../../../src/store/sqlite/group-commit.js';
import { LatestEvents } from '../../../src/store/sqlite/latest-events.js';
import { OwnEvents } from '../../../src/store/sqlite/own-events.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect, followed, idsOf, newEvent, newEvents } from '../../support/events.js';
import { rounds } from '../../support/long.js';

/** A process's appends to the file, and what its followers know of the keys' category without reading. */
function openAppends(file: string) {
  const [database, latest] = [openLog(file), new LatestEvents()];
  cleanUpLater(() => database.close());
  const own = new OwnEvents(database, new Map([['apiKeys', latest]]));
  return { latest, commits: new GroupCommit(database, { own, requireWritable() {}, onCommit() {}, onFatal() {} }) };
}

it('hands over the events of a commit that are the next of their category, and no others', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const { latest, commits } = openAppends(file);
  const other = new SqliteEventStore(file);
  const [first, second, third] = [newEvents(2), newEvents(1), newEvents(1)];
  const known = () => idsOf(latest.following(0));

  await commits.append('apiKeys-nobody-follows', 0, newEvents(1));
  expect(known()).toEqual([]);
  const stored = await collect(other.readAll('apiKeys'));
  latest.keep(0, stored);
  await Promise.all([commits.append('apiKeyReads-x', 0, newEvents(1)), commits.append('apiKeys-a', 0, first)]);
  expect(known()).toEqual(idsOf([...stored, ...first]));
  await other.append('apiKeyReads-y', 0, newEvents(1));
  await commits.append('apiKeys-a', 2, second);
  expect(known()).toEqual(idsOf([...stored, ...first, ...second]));
  await other.append('apiKeys-b', 0, newEvents(1));
  await commits.append('apiKeys-a', 3, third);
  expect(known()).toEqual(idsOf([...stored, ...first, ...second]));
  await other.close();
});

it('hands over nothing of a commit that fails', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const { latest, commits } = openAppends(file);
  latest.keep(0, []);
  const other = openLog(file);
  other.exec(`CREATE TRIGGER fails BEFORE INSERT ON events WHEN new.stream = 'apiKeys-b' BEGIN SELECT json('{'); END`);
  const event = newEvent();
  const group = ['apiKeys-a', 'apiKeys-b'].map((stream) => commits.append(stream, 0, [event]));
  expect((await Promise.allSettled(group)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(latest.following(0)).toEqual([]);
  await commits.append('apiKeys-a', 0, [event]);
  expect(idsOf(latest.following(0))).toEqual([event.id]);
  other.close();
});

it('gives a follower every event once and as it is stored, whoever writes it', async () => {
  const write = fc.record({
    isOwn: fc.boolean(),
    category: fc.constantFrom('apiKeys', 'apiKeyReads'),
    count: fc.integer({ min: 1, max: 3 }),
    waits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 20 }), async (writes) => {
      const file = join(temporaryDirectory(), 'events.db');
      const [own, other] = [new SqliteEventStore(file), new SqliteEventStore(file)];
      await own.append('apiKeys-first', 0, newEvents(1));
      const total = writes.reduce((sum, { category, count }) => sum + (category === 'apiKeys' ? count : 0), 1);
      const following = followed(own, 0, total);
      const appended: Promise<number>[] = [];
      for (const [index, { isOwn, category, count, waits }] of writes.entries()) {
        appended.push((isOwn ? own : other).append(`${category}-${index}`, 0, newEvents(count)));
        await (waits ? appended.at(-1) : nextTurn());
      }
      await Promise.all(appended);
      const stored = await collect(other.readAll('apiKeys'));
      expect((await following).map((event) => ({ ...event }))).toEqual(stored.map((event) => ({ ...event })));
      await Promise.all([own.close(), other.close()]);
    }),
    { numRuns: rounds(10, 100) },
  );
});
