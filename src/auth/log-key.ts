import { DATA_FILE } from '../shared/data-files.js';
import { type Installation, openInstallationKey } from './installation-key.js';

const FILE = { name: DATA_FILE.logKey, loss: 'auditors then need its public key, too (`keyledger log-key`)' };

/** The settings that give the seed or its place. */
export interface LogKeyLocation extends Installation {
  /** Takes precedence over the file `log.key`. */
  logKey: Buffer | undefined;
}

/**
 * The 32-byte seed of the key that signs the transparency log's checkpoints; undefined if this installation has none.
 * @throws UnfitFile
 */
export function openLogKey({ logKey, ...installation }: LogKeyLocation): Promise<Buffer | undefined> {
  return openInstallationKey(logKey, FILE, installation);
}
