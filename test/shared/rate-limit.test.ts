import { RateLimit } from '../../src/shared/rate-limit.js';
import { collectGarbage } from '../support/garbage.js';

let now = 0;
const clock = () => now;
beforeEach(() => {
  now = 5;
});

const takeAll = (limit: RateLimit, count: number, key = 'a') => Array.from({ length: count }, () => limit.take(key));

it.each([1, 2, 7, 60, 1000])('allows %i a minute at once, and no more', (perMinute) => {
  const limit = new RateLimit(perMinute, clock);
  expect(takeAll(limit, perMinute)).toEqual(Array(perMinute).fill(0));
  expect(limit.take('a')).toBeGreaterThan(0);
  expect(limit.take('b')).toBe(0);
});

it('allows one more when it said so, and not a millisecond before', () => {
  const limit = new RateLimit(4, clock);
  takeAll(limit, 4);
  expect(limit.wait('a')).toBe(15_000);
  now += 14_999;
  expect(limit.take('a')).toBe(1);
  now += 1;
  expect(takeAll(limit, 2)).toEqual([0, 15_000]);
});

it('allows everything again after a minute of rest', () => {
  const limit = new RateLimit(4, clock);
  takeAll(limit, 4);
  now += 60_000;
  expect(takeAll(limit, 5)).toEqual([0, 0, 0, 0, 15_000]);
});

it('counts what was refused elsewhere, and asking counts nothing', () => {
  const limit = new RateLimit(2, clock);
  for (let index = 0; index < 9; index += 1) expect(limit.wait('a')).toBe(0);
  limit.count('a');
  limit.count('a');
  expect(limit.wait('a')).toBe(30_000);
});

it('remembers at least as many keys as it may, the last that were counted', () => {
  const limit = new RateLimit(1, clock, 3);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) limit.take(key);
  expect(['e', 'f', 'g'].map((key) => limit.wait(key))).toEqual([60_000, 60_000, 60_000]);
  expect(['a', 'b', 'c'].map((key) => limit.wait(key))).toEqual([0, 0, 0]);
});

it('goes on with what a key used before others came', () => {
  const limit = new RateLimit(2, clock, 2);
  for (const key of ['a', 'b', 'c']) limit.take(key);
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 30_000]);
});

it('stays flat however many come', () => {
  const limit = new RateLimit(1, clock);
  const heldBy = (count: number) => {
    for (let index = 0; index < count; index += 1) limit.take(`2001:db8:${index}::/64`);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const [few, many] = [heldBy(100_000), heldBy(1_000_000)];
  expect(many - few).toBeLessThan(10_000_000);
});

it('counts as many as are asked for at once, or none of them', () => {
  const limit = new RateLimit(4, clock);
  expect(limit.take('a', 3)).toBe(0);
  expect(limit.take('a', 2)).toBe(15_000);
  expect(takeAll(limit, 2)).toEqual([0, 15_000]);
  now += 60_000;
  expect([limit.take('a', 4), limit.take('a', 4)]).toEqual([0, 60_000]);
});
