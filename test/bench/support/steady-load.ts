import { setTimeout as delay } from 'node:timers/promises';
import { inFlight, quantile } from './bench.js';

export interface Rate {
  perSecond: number;
  seconds: number;
  /** How many requests may be in flight. */
  lanes: number;
}

export interface Steady {
  offered: number;
  answered: number;
  /** From the moment at which the first request was due to the last answer. */
  seconds: number;
  /** Milliseconds, of those that were answered. */
  p99: number;
}

/** How long after the last request was due an answer still counts, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Sends requests at a fixed rate, however long the answers take. The time of an answer counts from the moment at which its request was
 * due, so a server that stands still makes every request late that was due meanwhile.
 * @param send resolves when the right answer has come
 */
export async function offerSteadily(send: () => Promise<unknown>, { perSecond, seconds, lanes }: Rate): Promise<Steady> {
  const offered = perSecond * seconds;
  const times: number[] = [];
  const start = performance.now();
  const end = start + 1000 * seconds + PATIENCE;
  const one = async (index: number) => {
    const due = start + (1000 * index) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    if (performance.now() > end) return;
    const isAnswered = await send().then(
      () => true,
      () => false,
    );
    if (isAnswered) times.push(performance.now() - due);
  };
  await Promise.race([inFlight(lanes, offered, one), delay(end - start, undefined, { ref: false })]);
  return { offered, answered: times.length, seconds: (performance.now() - start) / 1000, p99: quantile(times, 0.99) };
}
