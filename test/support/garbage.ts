import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cleanUpLater } from './cleanup.js';

setFlagsFromString('--expose-gc');

/** Collects all garbage, before it returns. */
export const collectGarbage: () => void = runInNewContext('gc');

/** Collects garbage again and again until the test ends, as a busy process does. */
export function keepCollectingGarbage(): void {
  const timer = setInterval(collectGarbage, 20);
  cleanUpLater(() => clearInterval(timer));
}
