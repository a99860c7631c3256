import { openUnlocked } from '../../shared/until-unlocked.js';
import { say } from './output.js';

/** How long nothing may happen before people are told, in milliseconds. */
const A_MOMENT = 3000;

/**
 * Runs a step that appends to the log, and says so if it is held up.
 * @param step is given a function to call after each append, if there are several
 */
export function appending<T>(step: (goesOn: () => void) => Promise<T>): Promise<T> {
  const sayWhy = () =>
    say('The event log does not answer: it may be busy, locked by another process or out of reach. Waiting for it.');
  return unlessHeldUp(sayWhy, step);
}

/** Runs a step that changes an SQLite file as soon as no other process has it locked, and says so if it is held up. */
export function changing<T>(file: string, step: () => Promise<T>): Promise<T> {
  return unlessHeldUp(() => sayLocked(file), step);
}

/**
 * Opens or changes an SQLite file as soon as no other process has it locked, and says so if that takes longer than a moment.
 * @throws FileLocked if it takes too long
 */
export function onceUnlocked<T>(file: string, open: (file: string) => T): Promise<T> {
  return openUnlocked(
    file,
    () => open(file),
    () => sayLocked(file),
  );
}

export function sayLocked(file: string): void {
  say(`${file} is locked by another process. Waiting for it.`);
}

async function unlessHeldUp<T>(sayWhy: () => void, step: (goesOn: () => void) => Promise<T>): Promise<T> {
  const timer = setTimeout(sayWhy, A_MOMENT);
  try {
    return await step(() => void timer.refresh());
  } finally {
    clearTimeout(timer);
  }
}
