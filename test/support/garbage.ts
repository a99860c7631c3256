import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cleanUpLater } from './cleanup.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Collects garbage again and again until the test ends, as a busy process does. */
export function keepCollectingGarbage(): void {
  const timer = setInterval(collect, 20);
  cleanUpLater(() => clearInterval(timer));
}
