import { Beat, beat } from '../../src/shared/beat.js';
import { world } from './globals.js';
import type { Actor } from './scheduler.js';

const beats = new WeakMap<Actor, Beat>();

/** The beat of the process whose code runs now. */
function own(): Beat {
  const { current } = world.scheduler;
  const known = beats.get(current) ?? new Beat(beat.interval);
  beats.set(current, known);
  return known;
}

/**
 * Gives each simulated process a beat of its own, which ends with it. All of them share the module that has one for a whole process: its
 * timer would belong to the first of them, and end with that.
 */
export function separateBeats(): void {
  Object.assign(beat, {
    listen: (...args: Parameters<Beat['listen']>) => own().listen(...args),
    wait: (...args: Parameters<Beat['wait']>) => own().wait(...args),
  });
}
