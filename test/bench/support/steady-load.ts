import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from './bench.js';

export interface Rate {
  perSecond: number;
  seconds: number;
}

export interface Steady {
  offered: number;
  answered: number;
  /** Milliseconds, of those that were answered. */
  p99: number;
}

/** How long after the last request an answer still counts, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Sends requests at a fixed rate, however long the answers take. The time of an answer counts from the moment at which its request was
 * due, so a server that stands still makes every request late that was due meanwhile.
 * @param send resolves when the right answer has come
 */
export async function offerSteadily(send: () => Promise<unknown>, { perSecond, seconds }: Rate): Promise<Steady> {
  const offered = perSecond * seconds;
  const times: number[] = [];
  const sent: Promise<void>[] = [];
  const start = performance.now();
  const dueOf = (index: number) => start + (1000 * index) / perSecond;
  while (sent.length < offered) {
    while (sent.length < offered && dueOf(sent.length) <= performance.now()) {
      const due = dueOf(sent.length);
      sent.push(
        send().then(
          () => void times.push(performance.now() - due),
          () => {},
        ),
      );
    }
    await delay(1);
  }
  await Promise.race([Promise.all(sent), delay(PATIENCE, undefined, { ref: false })]);
  return { offered, answered: times.length, p99: quantile(times, 0.99) };
}
