import { DATA_FILE } from '../shared/data-files.js';
import { type Installation, openInstallationKey } from './installation-key.js';

const FILE = { name: DATA_FILE.sessionKey, loss: 'sessions that began before then end with their token' };

/** The settings that give the key or its place. */
export interface SessionKeyLocation extends Installation {
  /** Takes precedence over the file `session.key`. */
  sessionKey: Buffer | undefined;
}

/**
 * The 32-byte key that seals what browsers keep to renew their sessions; undefined if this installation has none.
 * @throws UnfitFile
 */
export function openSessionKey({ sessionKey, ...installation }: SessionKeyLocation): Promise<Buffer | undefined> {
  return openInstallationKey(sessionKey, FILE, installation);
}
