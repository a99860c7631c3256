import { type Installation, openInstallationKey } from './installation-key.js';

const FILE = { name: 'log.key', loss: 'auditors need that one, too, which `keyledger log-key` prints' };

/** The settings that say where the seed is. */
export interface LogKeyLocation extends Installation {
  /** It goes before the file `log.key`. */
  logKey: Buffer | undefined;
}

/**
 * The 32-byte seed that the transparency log's checkpoints are signed with; undefined where this installation has none.
 * @throws UnfitFile
 */
export function openLogKey({ logKey, ...installation }: LogKeyLocation): Promise<Buffer | undefined> {
  return openInstallationKey(logKey, FILE, installation);
}
