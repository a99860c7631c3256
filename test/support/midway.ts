import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Resolves once that is so, while the work is not yet done: a command, clients under whose load something is to happen, or the life of a
 * process. Looks again after each pause.
 * @throws Error if the work ends before, and its own error if it fails
 */
export async function untilMidway(
  work: Promise<unknown>,
  isSo: () => boolean | Promise<boolean>,
  pause: () => Promise<unknown> = () => nextTurn(),
): Promise<void> {
  const ended = work.then(() => {
    throw new Error('It has ended before.');
  });
  ended.catch(() => {});
  while (!(await isSo())) await Promise.race([ended, pause()]);
}
