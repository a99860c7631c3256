import { mock } from 'node:test';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { START } from '../../support/specification.js';

/** The longest time until the first round begins, in milliseconds. */
const FIRST = 120_000;

// Modules keep the `setTimeout` that they imported. It is that of the whole process, which goes on to other files.
mock.timers.enable({ apis: ['setTimeout'] });
afterAll(() => mock.timers.reset());
const { SqliteEventStore } = await import('../../../src/store/sqlite/sqlite.js');
const { UsageTotals } = await import('../../../src/commands/usage/usage-totals.js');

/** Totals of a log in which nothing was ever used. Its projection is known up to the end if `readsOn` says so. */
function emptyTotals(readsOn: () => Promise<boolean>) {
  const lines: [message: string, fields: object][] = [];
  const say = (fields: object, message: string) => lines.push([message, fields]);
  const openDays = { unclosed: () => [], due: () => ({ version: 0, next: undefined, finished: [] }) };
  const log = { info: say, warn: say } as never;
  const store = new SqliteEventStore(':memory:');
  return { totals: new UsageTotals({ store, clock: () => START, log, openDays, readsOn }), lines };
}

async function pass(milliseconds: number): Promise<void> {
  mock.timers.tick(milliseconds);
  await new Promise(setImmediate);
}

it('begins within two minutes, and tells why it failed', async () => {
  const err = new StoreUnavailable();
  const { totals, lines } = emptyTotals(() => Promise.reject(err));
  totals.start();
  await pass(FIRST);
  await totals.stop();
  expect(lines).toEqual([['the usage of past days could not be totalled; the next attempt is in a few minutes', { err }]]);
});

it('says nothing where all goes well', async () => {
  const readsOn = mock.fn(async () => true);
  const { totals, lines } = emptyTotals(readsOn);
  totals.start();
  await pass(FIRST);
  await totals.stop();
  expect(readsOn.mock.callCount()).toBeGreaterThan(0);
  expect(lines).toEqual([]);
});

it('stops once its work has ended, and begins no other', async () => {
  let answer: (isKnown: boolean) => void = () => {};
  const readsOn = mock.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
  const { totals } = emptyTotals(readsOn);
  totals.start();
  await pass(FIRST);
  const stopped = totals.stop().then(() => 'stopped');
  const nextTurn = new Promise((resolve) => setImmediate(resolve, 'waiting'));
  expect(await Promise.race([stopped, nextTurn])).toBe('waiting');
  answer(false);
  await stopped;
  await pass(10 * FIRST);
  expect(readsOn.mock.callCount()).toBe(1);
});
