import { join } from 'node:path';
import type { Config } from '../config.js';
import { DATA_FILE } from '../shared/data-files.js';
import { isThere } from '../shared/is-there.js';

/**
 * Requires a data directory that a server has used: what a command created elsewhere would have no effect.
 * @throws Error if there is nothing of Keyledger in it
 */
export function requireExistingData({ dataDirectory, store }: Config): void {
  const files = Object.values(DATA_FILE).map((name) => join(dataDirectory, name));
  if (store.kind === 'sqlite') files.push(store.file);
  if (files.some(isThere)) return;
  throw new Error(
    `There is no data of Keyledger in ${dataDirectory}. Set KEYLEDGER_DATA to the data directory of the server. If the server has never run, start it first.`,
  );
}
