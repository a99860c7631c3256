import { type Installation, openInstallationKey } from './installation-key.js';

/** The settings that say where the seed is. */
export interface LogKeyLocation extends Installation {
  /** It goes before the file `log.key`. */
  logKey: Buffer | undefined;
}

/**
 * The 32-byte seed that the transparency log's checkpoints are signed with; undefined where this installation has none.
 * @throws UnreadableKey
 */
export function openLogKey({ logKey, ...installation }: LogKeyLocation): Promise<Buffer | undefined> {
  return openInstallationKey(logKey, 'log.key', installation);
}
