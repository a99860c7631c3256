import { existsSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** For how long the event loop was held, in milliseconds. */
export interface Turns {
  /** Of all moments, 99.9 % lay in a turn in which our own work took no longer than this. */
  ownP999: number;
  /** The longest that our own work took. */
  ownAtMost: number;
  /** The longest time between two looks, with all that held the loop, also the disk, collections of garbage and other programs. */
  wholeAtMost: number;
}

/** What the main thread has used of a processor, in nanoseconds; Linux tells it (proc(5)). */
const SCHEDSTAT = '/proc/self/schedstat';

/** How often the loop is looked at, in milliseconds. */
const STEP = 1;

interface Look {
  /** Milliseconds since the process began. */
  at: number;
  /** The processor's time of the main thread, in milliseconds. */
  cpu: number;
}

/** What happened between two looks, in milliseconds. */
interface Turn {
  whole: number;
  own: number;
}

/** True if this system tells what is needed. */
export function canWatchTurns(): boolean {
  return existsSync(SCHEDSTAT);
}

/**
 * Watches the turns of this thread's event loop from now on. Our own work is the processor's time of the thread between two looks, without
 * collections of garbage. While the thread waits for the disk, or other programs have the processor, it uses none. Several short turns
 * between two looks count as one.
 */
export function watchTurns(): () => Promise<Turns> {
  const cpu = cpuMeter();
  const looks: Look[] = [];
  const collections: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const timer = setInterval(() => looks.push({ at: performance.now(), cpu: cpu() }), STEP);
  return async () => {
    clearInterval(timer);
    // The last collections are reported in the next turn.
    await nextTurn();
    observer.disconnect();
    return summary(turnsBetween(looks, collections));
  };
}

/** Returns what reads the processor's time of the main thread, in milliseconds. */
function cpuMeter(): () => number {
  const file = openSync(SCHEDSTAT, 'r');
  const text = Buffer.alloc(64);
  return () => {
    // Linux brings the figure up to date when a process asks what it has used; the file alone may be some milliseconds behind.
    process.cpuUsage();
    return Number.parseInt(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)), 10) / 1e6;
  };
}

function turnsBetween(looks: Look[], collections: PerformanceEntry[]): Turn[] {
  const turns: Turn[] = [];
  const left = collections.values();
  let collection = left.next().value;
  for (const [index, { at, cpu }] of looks.entries()) {
    const before = looks[index - 1];
    let collecting = 0;
    for (; collection && collection.startTime < at; collection = left.next().value) collecting += collection.duration;
    if (before) turns.push({ whole: at - before.at, own: Math.max(0, cpu - before.cpu - collecting) });
  }
  return turns;
}

/** A turn counts for as long as it lasted, so that one long turn weighs as much as the many short ones that it kept from running. */
function summary(turns: Turn[]): Turns {
  const longestFirst = turns.toSorted((a, b) => b.own - a.own);
  let left = 0.001 * turns.reduce((sum, { whole }) => sum + whole, 0);
  const beyond = longestFirst.find(({ whole }) => {
    left -= whole;
    return left < 0;
  });
  return {
    ownP999: beyond?.own ?? Number.NaN,
    ownAtMost: longestFirst[0]?.own ?? Number.NaN,
    wholeAtMost: turns.reduce((most, { whole }) => Math.max(most, whole), 0),
  };
}
