import { join } from 'node:path';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { LatestEvents } from '../../../src/store/sqlite/latest-events.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { followed, idsOf, newEvent } from '../../support/events.js';
import { rounds } from '../../support/long.js';

/** An event of a log in which another category has every second event. */
function eventAt(index: number): RecordedEvent {
  return { ...newEvent(), stream: 'apiKeys-a', version: index, position: 2 * index };
}

const LOG = Array.from({ length: 2500 }, (_, index) => eventAt(index + 1));
const positionsOf = (events: RecordedEvent[]) => events.map(({ position }) => position);
const after = (position: number) => LOG.filter((event) => event.position > position);

it('knows what was read, to its end, for whoever has read to a place within', () => {
  const latest = new LatestEvents();
  expect(latest.following(0)).toEqual([]);
  latest.keep(10, after(10).slice(0, 3));
  latest.keep(16, after(16).slice(0, 2));
  expect([9, 10, 11, 14, 20, 99].map((position) => positionsOf(latest.following(position)))).toEqual([
    [],
    [12, 14, 16, 18, 20],
    [12, 14, 16, 18, 20],
    [16, 18, 20],
    [],
    [],
  ]);
});

it('never leaves an event out, whoever reads, in whatever order', () => {
  const read = fc.record({ from: fc.nat(5000), count: fc.nat(1200) });
  fc.assert(
    fc.property(fc.array(read, { maxLength: 30, size: 'max' }), (reads) => {
      const latest = new LatestEvents();
      for (const { from, count } of reads) {
        const known = latest.following(from);
        expect(positionsOf(known)).toEqual(positionsOf(after(from).slice(0, known.length)));
        const end = known.at(-1)?.position ?? from;
        latest.keep(end, after(end).slice(0, count));
      }
    }),
    { numRuns: rounds(10, 100) },
  );
});

it('does not hold the whole log', () => {
  const latest = new LatestEvents();
  for (let from = 0; from < 5000; from = latest.following(from).at(-1)?.position ?? from)
    latest.keep(from, after(from).slice(0, 100));
  expect(latest.following(5000 - 2).length).toBe(1);
  expect(latest.following(0)).toEqual([]);
});

it('gives several followers the same events, and each of them all', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const [store, other] = [new SqliteEventStore(file), new SqliteEventStore(file)];
  const events = Array.from({ length: 10 }, () => newEvent());
  await store.append('apiKeys-a', 0, events.slice(0, 4));
  const [first] = await Promise.all([followed(store, 0, 10), other.append('apiKeys-b', 0, events.slice(4))]);
  expect(idsOf(first)).toEqual(idsOf(events));
  const second = await followed(store, 0, 10);
  expect(second.every((event, index) => event === first[index])).toBe(true);
  expect(idsOf(await followed(store, first[2]?.position ?? 0, 7))).toEqual(idsOf(events.slice(3)));
  await Promise.all([store.close(), other.close()]);
});
