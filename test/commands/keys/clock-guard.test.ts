import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ClockGuard } from '../../../src/commands/keys/clock-guard.js';
import type { ServerClock, ServerTime } from '../../../src/store/event-store.js';
import { cleanUpLater } from '../../support/cleanup.js';

const TOLERANCE = 30_000;
const NOW = Date.parse('2026-05-01T00:00:00Z');
const never = new AbortController().signal;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve, 'waiting'));

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
  const fields: object[] = [];
  const write = (level: string) => (given: object | string, message?: string) => {
    lines.push(`${level} ${message ?? given}`);
    if (typeof given === 'object') fields.push(given);
  };
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as never;
  const guard = new ClockGuard({ serverClock, clock: () => time.now, tolerance: TOLERANCE, log, interval });
  const outcome = () =>
    guard.require(never).then(
      () => 'accepted',
      (error: { code: string }) => error.code,
    );
  return { serverClock, time, lines, fields, guard, outcome };
}

/** Stops the monotonic clock until the end of the test, except where the test moves it. */
function stoppedTime() {
  // Whole milliseconds, so that sums are exact.
  const monotonic = { now: Math.ceil(performance.now()) };
  const { now } = performance;
  performance.now = () => monotonic.now;
  cleanUpLater(() => {
    performance.now = now;
  });
  return monotonic;
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

  it('the log says why, and that it can be read again', async () => {
    const { serverClock, lines, fields, guard } = guarded({ interval: 1 });
    serverClock.answer = undefined;
    guard.start();
    while (lines.length < 1) await delay(1);
    serverClock.answer = () => ({ time: NOW, at: performance.now(), uncertainty: 0 });
    while (lines.length < 2) await delay(1);
    await guard.stop();
    expect(fields).toEqual([{ err: new Error('404') }]);
    expect(lines).toEqual([
      expect.stringMatching(/^warn .*cannot be read over HTTP/),
      expect.stringMatching(/^info .*can be read again/),
    ]);
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

describe('without the time that a test takes', () => {
  it.each([
    [30_000, 0, 'accepted'],
    [-30_000, 0, 'accepted'],
    [30_001, 0, 'CLOCK_SKEW'],
    [-30_001, 0, 'CLOCK_SKEW'],
    [30_005, 5, 'accepted'],
    [30_006, 5, 'CLOCK_SKEW'],
  ])(
    'a clock may be as far ahead as the tolerance allows: %d ms, known within %d ms, is %s',
    async (ahead, uncertainty, expected) => {
      stoppedTime();
      expect(await guarded({ ahead, uncertainty }).outcome()).toBe(expected);
    },
  );

  it('an answer is valid for one minute', async () => {
    const monotonic = stoppedTime();
    const { guard, time, outcome } = guarded({ ahead: 7 });
    await outcome();
    monotonic.now += 60_000;
    time.now += 60_000;
    expect(guard.ahead()).toBe(7);
    monotonic.now += 1;
    expect(guard.ahead()).toBeUndefined();
  });

  it('the log tells by how much the clock is wrong, and then that it is not, or that it is not known to be any more', async () => {
    const monotonic = stoppedTime();
    const { guard, time, fields, lines, outcome } = guarded({ ahead: -3_599_999.6 });
    await outcome();
    time.now += 3_600_000;
    await outcome();
    time.now += 3_600_000;
    guard.isSkewed();
    monotonic.now += 60_001;
    guard.isSkewed();
    expect(fields).toEqual([
      { milliseconds: -3_600_000, tolerance: TOLERANCE },
      { milliseconds: 0, tolerance: TOLERANCE },
      { milliseconds: 3_600_000, tolerance: TOLERANCE },
      { milliseconds: undefined, tolerance: TOLERANCE },
    ]);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['error', 'info', 'error', 'info']);
  });

  it('a time that came late changes nothing of what is known by then', async () => {
    const monotonic = stoppedTime();
    const { serverClock, guard, outcome } = guarded();
    await outcome();
    serverClock.told({ time: NOW - 3_600_000, at: monotonic.now - 10_000, uncertainty: 0 });
    expect([guard.ahead(), guard.isSkewed()]).toEqual([0, false]);
  });
});

describe('a command', () => {
  it('waits for the first answer, also if that takes a while, and is refused by it', async () => {
    const { serverClock, outcome } = guarded({ ahead: 3_600_000 });
    const answers: ((time: ServerTime) => void)[] = [];
    serverClock.answer = () => new Promise((resolve) => answers.push(resolve));
    let ended: string | undefined;
    const command = outcome().then((end) => (ended = end));
    for (const asked of [1, 2]) {
      await new Promise(setImmediate);
      expect([serverClock.asked, ended]).toEqual([asked, undefined]);
      answers.shift()?.({ time: NOW, at: performance.now(), uncertainty: 0 });
    }
    expect(await command).toBe('CLOCK_SKEW');
  });

  it('waits for nothing where its signal has aborted already', async () => {
    const { serverClock, guard } = guarded();
    serverClock.answer = () => new Promise(() => {});
    const ended = guard.require(AbortSignal.abort()).then(() => 'ended');
    expect(await Promise.race([ended, nextTurn()])).toBe('ended');
  });

  it('leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    const { guard } = guarded();
    await guard.require(signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

it('asks when it starts and from then on again and again, so that the log tells without any command', async () => {
  const { serverClock, lines, guard } = guarded({ ahead: 3_600_000, interval: 1 });
  guard.start();
  while (serverClock.asked < 3) await delay(1);
  await guard.stop();
  expect(lines).toEqual([expect.stringMatching(/^error .*correct it/)]);
});

it('asks at once when it starts, and the first command waits for that answer', async () => {
  const { serverClock, guard, outcome } = guarded();
  guard.start();
  expect(serverClock.asked).toBe(1);
  expect(await outcome()).toBe('accepted');
  expect(serverClock.asked).toBe(1);
  await guard.stop();
});

it('stops once its question is answered, and asks no more', async () => {
  const { serverClock, guard } = guarded({ interval: 1 });
  let answer: (time: ServerTime) => void = () => {};
  serverClock.answer = () => new Promise((resolve) => (answer = resolve));
  guard.start();
  const stopped = guard.stop().then(() => 'stopped');
  expect(await Promise.race([stopped, nextTurn()])).toBe('waiting');
  answer({ time: NOW, at: performance.now(), uncertainty: 0 });
  await stopped;
  // It would ask again within these.
  for (let wait = 0; wait < 5; wait += 1) await delay(2);
  expect(serverClock.asked).toBe(1);
});
