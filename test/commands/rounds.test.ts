import { mock } from 'node:test';
import { LogSealed } from '../../src/store/event-store.js';
import { cleanUpLater } from '../support/cleanup.js';

const MINUTE = 60_000;

// Modules keep the `setTimeout` that they imported. It is that of the whole process, which goes on to other files.
mock.timers.enable({ apis: ['setTimeout'] });
afterAll(() => mock.timers.reset());
const { Rounds } = await import('../../src/commands/rounds.js');

/** Work whose ends a test decides on; it ends at once by default. Random delays are this part of their maximum. */
function startedRounds({ random = 0, work = async () => {} }: { random?: number; work?: () => Promise<void> } = {}) {
  const chance = mock.method(Math, 'random', () => random);
  const failures: unknown[] = [];
  const seen = { begun: 0 };
  const rounds = new Rounds(
    () => {
      seen.begun += 1;
      return work();
    },
    (error) => failures.push(error),
  );
  rounds.start();
  cleanUpLater(() => rounds.stop());
  cleanUpLater(() => chance.mock.restore());
  return { rounds, seen, failures };
}

async function pass(milliseconds: number): Promise<void> {
  mock.timers.tick(milliseconds);
  await new Promise(setImmediate);
}

describe('rounds begin', () => {
  it.each([
    ['without a delay', 0, MINUTE, 5 * MINUTE],
    ['after half of the longest random delay', 0.5, 1.5 * MINUTE, 7.5 * MINUTE],
  ])('a minute after the start, then five minutes after each other: %s', async (_what, random, first, next) => {
    const { seen } = startedRounds({ random });
    const begun: number[] = [];
    for (const wait of [first, next, next]) {
      await pass(wait - 1);
      begun.push(seen.begun);
      await pass(1);
      begun.push(seen.begun);
    }
    expect(begun).toEqual([0, 1, 1, 2, 2, 3]);
  });

  it('once, however often they are started', async () => {
    const { rounds, seen } = startedRounds();
    rounds.start();
    await pass(MINUTE);
    expect(seen.begun).toBe(1);
  });
});

describe('a round that fails', () => {
  it('is told of, and the next one comes', async () => {
    const fault = new Error('full disk');
    const { seen, failures } = startedRounds({ work: () => Promise.reject(fault) });
    await pass(MINUTE);
    await pass(5 * MINUTE);
    expect(seen.begun).toBe(2);
    expect(failures).toEqual([fault, fault]);
  });

  it('since the log is sealed is no failure', async () => {
    const { seen, failures } = startedRounds({ work: () => Promise.reject(new LogSealed()) });
    await pass(MINUTE);
    expect(seen.begun).toBe(1);
    expect(failures).toEqual([]);
  });

  it('since it was stopped is no failure', async () => {
    let fail: (error: Error) => void = () => {};
    const { rounds, failures } = startedRounds({ work: () => new Promise((_, reject) => (fail = reject)) });
    await pass(MINUTE);
    const stopped = rounds.stop();
    fail(new Error('interrupted'));
    await stopped;
    expect(failures).toEqual([]);
  });
});

describe('a stop', () => {
  it('tells the work, and waits for its end', async () => {
    let end: () => void = () => {};
    const { rounds, seen } = startedRounds({ work: () => new Promise((resolve) => (end = resolve)) });
    await pass(MINUTE);
    expect(rounds.signal.aborted).toBe(false);
    const stopped = rounds.stop().then(() => 'stopped');
    expect(rounds.signal.aborted).toBe(true);
    const nextTurn = new Promise((resolve) => setImmediate(resolve, 'waiting'));
    expect(await Promise.race([stopped, nextTurn])).toBe('waiting');
    end();
    await stopped;
    await pass(20 * MINUTE);
    expect(seen.begun).toBe(1);
  });

  it('between two rounds ends them without another one', async () => {
    const { rounds, seen } = startedRounds();
    await pass(MINUTE);
    await rounds.stop();
    await pass(20 * MINUTE);
    expect(seen.begun).toBe(1);
  });
});
