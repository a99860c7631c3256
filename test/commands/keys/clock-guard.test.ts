import { setTimeout as delay } from 'node:timers/promises';
import { ClockGuard } from '../../../src/commands/keys/clock-guard.js';
import type { ServerClock, ServerTime } from '../../../src/store/event-store.js';

const TOLERANCE = 30_000;
const NOW = Date.parse('2026-05-01T00:00:00Z');
const never = new AbortController().signal;

/** A server's clock that a test controls: its answers and its times of appends. */
class TestedClock implements ServerClock {
  asked = 0;
  /** Its answer; if undefined, it cannot be asked. */
  answer: (() => ServerTime | Promise<ServerTime>) | undefined;
  told: (time: ServerTime) => void = () => {};

  async ask(): Promise<ServerTime> {
    this.asked += 1;
    if (!this.answer) throw new Error('404');
    return this.answer();
  }

  onAppended(listener: (time: ServerTime) => void): void {
    this.told = listener;
  }
}

/** A process whose clock shows `time.now`, and a server whose clock shows `NOW`. */
function guarded({ ahead = 0, uncertainty = 0, interval = 10_000 } = {}) {
  const serverClock = new TestedClock();
  serverClock.answer = () => ({ time: NOW, at: performance.now(), uncertainty });
  const time = { now: NOW + ahead };
  const lines: string[] = [];
  const write = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as never;
  const guard = new ClockGuard({ serverClock, clock: () => time.now, tolerance: TOLERANCE, log, interval });
  const outcome = () =>
    guard.require(never).then(
      () => 'accepted',
      (error: { code: string }) => error.code,
    );
  return { serverClock, time, lines, guard, outcome };
}

it.each([
  [0, 'accepted'],
  [25_000, 'accepted'],
  [-25_000, 'accepted'],
  [40_000, 'CLOCK_SKEW'],
  [-40_000, 'CLOCK_SKEW'],
  [365 * 86_400_000, 'CLOCK_SKEW'],
])('with a clock that is %d ms ahead, the first command is %s', async (ahead, expected) => {
  const { outcome, guard } = guarded({ ahead });
  expect(await outcome()).toBe(expected);
  // The difference includes the duration of the test.
  expect(Math.abs((guard.ahead() ?? Number.NaN) - ahead)).toBeLessThan(20_000);
});

it('gives the benefit of the doubt', async () => {
  const { outcome } = guarded({ ahead: 40_000, uncertainty: 15_000 });
  expect(await outcome()).toBe('accepted');
});

it('says by how much, and what to do', async () => {
  await expect(guarded({ ahead: 3_600_000 }).guard.require(never)).rejects.toThrow(
    /^The clock of this server is 3(?:600|599) s ahead of that of its event store. Nothing was changed. Try another server/,
  );
  await expect(guarded({ ahead: -3_600_000 }).guard.require(never)).rejects.toThrow(/s behind that of its event store/);
});

it('waits for the first answer, and asks no more while the clock is right', async () => {
  const { serverClock, outcome } = guarded();
  let answer: (time: ServerTime) => void = () => {};
  serverClock.answer = () => new Promise((resolve) => (answer = resolve));
  const outcomes = Promise.all([outcome(), outcome(), outcome()]);
  await new Promise(setImmediate);
  answer({ time: NOW, at: performance.now(), uncertainty: 0 });
  expect(await outcomes).toEqual(['accepted', 'accepted', 'accepted']);
  await outcome();
  expect(serverClock.asked).toBe(1);
});

it('sees a step at the next command, and that it was taken back at the one after', async () => {
  const { serverClock, time, lines, outcome } = guarded();
  expect(await outcome()).toBe('accepted');
  time.now += 3_600_000;
  expect([await outcome(), await outcome()]).toEqual(['CLOCK_SKEW', 'CLOCK_SKEW']);
  time.now -= 3_600_000;
  expect([await outcome(), await outcome()]).toEqual(['accepted', 'accepted']);
  expect(serverClock.asked).toBe(3);
  expect(lines).toEqual([expect.stringMatching(/^error .*correct it/), expect.stringMatching(/^info .*changes are accepted/)]);
});

it('believes a new answer before it refuses', async () => {
  const { serverClock, time, outcome } = guarded();
  expect(await outcome()).toBe('accepted');
  // The machine slept: its wall clock went on, but its monotonic clock did not.
  time.now += 3_600_000;
  serverClock.answer = () => ({ time: NOW + 3_600_000, at: performance.now(), uncertainty: 0 });
  expect(await outcome()).toBe('accepted');
});

describe('where the server cannot be read over HTTP', () => {
  it('nothing is refused, it is said once, and the time of own appends counts', async () => {
    const { serverClock, lines, guard, outcome } = guarded({ ahead: 3_600_000 });
    serverClock.answer = undefined;
    expect([await outcome(), await outcome()]).toEqual(['accepted', 'accepted']);
    expect(guard.ahead()).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/^warn .*cannot be read over HTTP/)]);
    serverClock.told({ time: NOW, at: performance.now(), uncertainty: 5 });
    expect(await outcome()).toBe('CLOCK_SKEW');
    expect(guard.ahead()).toBeGreaterThan(3_590_000);
  });

  it('what it said last counts for a minute', async () => {
    const { serverClock, outcome } = guarded({ ahead: 3_600_000 });
    serverClock.answer = () => ({ time: NOW, at: performance.now() - 61_000, uncertainty: 0 });
    expect(await outcome()).toBe('accepted');
  });

  it('a command waits no longer than its signal', async () => {
    const { serverClock, guard } = guarded({ ahead: 3_600_000 });
    serverClock.answer = () => new Promise(() => {});
    const giveUp = new AbortController();
    const required = guard.require(giveUp.signal);
    giveUp.abort();
    await required;
  });
});

it('takes no older time for a newer one', async () => {
  const { serverClock, outcome } = guarded();
  expect(await outcome()).toBe('accepted');
  serverClock.told({ time: NOW - 3_600_000, at: performance.now() - 10_000, uncertainty: 0 });
  expect(await outcome()).toBe('accepted');
});

it('asks when it starts and from then on again and again, so that the log tells without any command', async () => {
  const { serverClock, lines, guard } = guarded({ ahead: 3_600_000, interval: 1 });
  guard.start();
  while (serverClock.asked < 3) await delay(1);
  await guard.stop();
  expect(lines).toEqual([expect.stringMatching(/^error .*correct it/)]);
});
