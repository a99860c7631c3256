import { runChild } from './child.js';

/** What the process of a whole Keyledger took from its start until it was ready, or until its projections held all of the log. */
export interface StartUp {
  milliseconds: number;
  /** The process's maximum memory, in megabytes. */
  megabytes: number;
  /** The longest time for which the event loop was blocked once it served, in milliseconds. */
  longestBlock: number;
}

/** Starts a Keyledger on the data directory, in a process of its own, and stops it. */
export function startUp(directory: string, until: 'ready' | 'filled'): Promise<StartUp> {
  return runChild(new URL('../start-worker.js', import.meta.url), directory, until);
}
