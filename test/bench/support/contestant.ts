import type { Load } from 'autocannon';
import { rate } from './bench.js';
import { answer } from './child.js';

/** `start` comes first, with how many keys to create; it answers with a `Served`, if there is one. A task answers with how often per second it was done. */
export type PeerQuestion = { start: number } | { task: Task; lanes: number; milliseconds: number };
export type Task = 'verify' | 'create' | 'createAndDelete';
export type Served = Pick<Load, 'url' | 'requests'>;

/** A program that `peers` compares, in a process of its own. */
export interface Contestant extends Partial<Record<Task, () => unknown>> {
  /** Where it verifies keys, if it does: a request for each key. */
  served?: Served;
}

/**
 * Call it in the child.
 * @param start creates that many keys, two for each account, and listens
 */
export function compete(start: (keys: number) => Promise<Contestant>): void {
  let contestant: Contestant | undefined;
  answer<PeerQuestion>(async (question) => {
    if ('start' in question) {
      contestant = await start(question.start);
      return contestant.served;
    }
    const work = contestant?.[question.task];
    if (!work) throw new Error(`It does not do ${question.task}.`);
    return rate(question.lanes, question.milliseconds, work);
  });
}

/** One of them at random. */
export function oneOf<T>(all: readonly T[]): T {
  const found = all[Math.floor(Math.random() * all.length)];
  if (found === undefined) throw new Error('There is none to choose from.');
  return found;
}
