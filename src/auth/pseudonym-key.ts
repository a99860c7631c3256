import { DATA_FILE } from '../shared/data-files.js';
import { type Installation, openInstallationKey } from './installation-key.js';

const FILE = { name: DATA_FILE.pseudonymKey, loss: 'the analytics then have other pseudonyms' };

/** The settings that give the key or its place. */
export interface PseudonymKeyLocation extends Installation {
  /** Takes precedence over the file `pseudonym.key`. */
  pseudonymKey: Buffer | undefined;
}

/** There is no key for pseudonyms, so there are no analytics. */
export class NoPseudonymKey extends Error {
  readonly code = 'NO_PSEUDONYM_KEY';
  constructor() {
    super('This process has no key for pseudonyms, so it has no analytics. Set KEYLEDGER_PSEUDONYM_KEY.');
  }
}

/**
 * The 32-byte key for the pseudonyms in analytics; undefined if this installation has none.
 * @throws UnfitFile
 */
export function openPseudonymKey({ pseudonymKey, ...installation }: PseudonymKeyLocation): Promise<Buffer | undefined> {
  return openInstallationKey(pseudonymKey, FILE, installation);
}
