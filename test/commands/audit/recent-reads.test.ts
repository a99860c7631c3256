import { isPast, RecentReads, type Shown } from '../../../src/commands/audit/recent-reads.js';
import { START } from '../../support/specification.js';

const MINUTE = 60_000;
const READ: Shown = { actor: 'alice', what: 'events', filter: { account: 'one' }, request: { variables: { after: 'a' } } };
const feed = (since?: number): Shown => ({ actor: 'alice', what: 'Subscription.events', filter: { account: 'one' }, since });

/** The reads that were recorded, each at its time. */
function recordedAt(...recorded: [read: Shown, time: number][]): RecentReads {
  const reads = new RecentReads();
  for (const [read, time] of recorded) reads.add(read, time);
  return reads;
}

it('takes a read for a repetition from its record on, for five minutes, and says for how long', () => {
  const reads = recordedAt([READ, START]);
  const span = { from: START, until: START + 5 * MINUTE };
  expect(reads.find({ ...READ }, START)).toMatchObject(span);
  expect(reads.find({ ...READ }, START + 5 * MINUTE - 1)).toMatchObject(span);
  expect(reads.find(READ, START + 5 * MINUTE)).toBeUndefined();
});

it('takes no read for a repetition whose record is in the future: the clock was stepped back', () => {
  expect(recordedAt([READ, START]).find(READ, START - 1)).toBeUndefined();
});

it('counts a time as over at its end and before its beginning, and not within', () => {
  const span = { from: 10, until: 20 };
  expect([9, 10, 19, 20].map((now) => isPast(span, now))).toEqual([true, false, false, true]);
});

it.each<[what: string, other: Shown]>([
  ['reader', { ...READ, actor: 'bob' }],
  ['field', { ...READ, what: 'Account.history' }],
  ['filter', { ...READ, filter: { account: 'two' } }],
  ['request', { ...READ, request: { variables: { after: 'b' } } }],
  ['document without a request', { ...READ, request: undefined }],
])('takes no read for a repetition of one with another %s', (_what, other) => {
  expect(recordedAt([other, START]).find(READ, START)).toBeUndefined();
  expect(recordedAt([other, START], [READ, START]).find(READ, START)).toBeDefined();
});

it('takes a feed for a repetition that begins where the recorded one began or later, and none that begins earlier', () => {
  const reads = recordedAt([feed(5), START]);
  expect([4, 5, 6].map((since) => reads.find(feed(since), START) !== undefined)).toEqual([false, true, true]);
  expect(reads.find(feed(), START)).toBeUndefined();
});

it('takes every feed for a repetition of one from the first event on', () => {
  const reads = recordedAt([feed(), START]);
  for (const since of [undefined, 0, 1, 9]) expect(reads.find(feed(since), START)).toBeDefined();
});

it.each([
  ['earlier, then later', 3, 8],
  ['later, then earlier', 8, 3],
])('knows everything that two recorded feeds showed: one began %s', (_order, first, second) => {
  const reads = recordedAt([feed(first), START], [feed(second), START + MINUTE]);
  expect(reads.find(feed(3), START + 2 * MINUTE)).toBeDefined();
  expect(reads.find(feed(2), START + 2 * MINUTE)).toBeUndefined();
});

it('forgets after five minutes what an earlier feed showed, although a later one is recorded again', () => {
  const reads = recordedAt([feed(3), START], [feed(8), START + 5 * MINUTE]);
  expect(reads.find(feed(3), START + 5 * MINUTE)).toBeUndefined();
  expect(reads.find(feed(8), START + 5 * MINUTE)).toBeDefined();
});

it('counts the five minutes from the last record on', () => {
  const reads = recordedAt([READ, START], [READ, START + 4 * MINUTE]);
  expect(reads.find(READ, START + 8 * MINUTE)).toEqual(expect.objectContaining({ from: START + 4 * MINUTE }));
});

it('remembers ten thousand reads, and forgets the one whose record is the oldest', () => {
  const numbered = (index: number): Shown => ({ ...READ, filter: { account: `account-${index}` } });
  const reads = recordedAt(...Array.from({ length: 10_000 }, (_, index): [Shown, number] => [numbered(index), START]));
  reads.add(numbered(0), START);
  const isKnown = (index: number) => reads.find(numbered(index), START) !== undefined;
  expect([0, 1, 2, 9999].map(isKnown)).toEqual([true, true, true, true]);
  reads.add(numbered(10_000), START);
  expect([0, 1, 2, 10_000].map(isKnown)).toEqual([true, false, true, true]);
});
