import { hash } from 'node:crypto';
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DATA_FILE } from '../shared/data-files.js';
import { hasCode } from '../shared/error-code.js';
import { undefinedIfMissing } from '../shared/is-there.js';
import { makeDirectory } from '../shared/make-directory.js';
import { IdentityProviderUnavailable } from './errors.js';
import { readOrCreate } from './key-file.js';

/** How long a result is kept for repeated requests, in milliseconds: a browser may have lost the answer. */
const KEPT = 30_000;

/** How long to wait for another process, in milliseconds. That process waits for the identity provider, for 20 seconds at most. */
const PATIENCE = 25_000;

/** The time between two looks whether the other process has finished, in milliseconds. */
const PAUSE = 25;

/**
 * Renews each session once, however many requests ask for it, on however many processes of a data directory. An identity provider that
 * sees a refresh token twice takes it for stolen, and ends the session.
 */
export class SharedRenewals {
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, DATA_FILE.renewals);
  }

  /**
   * Does the work, unless it was done for the same text a moment ago: then that result is returned. Files are named after the text's hash.
   * @param work its result is written to a file, so it must be sealed
   * @throws IdentityProviderUnavailable if another process does not finish the work
   */
  async once(text: string, work: () => Promise<string>): Promise<string> {
    makeDirectory(this.#directory);
    await this.#sweep();
    const file = join(this.#directory, hash('sha256', text));
    const claim = `${file}.claim`;
    for (const end = performance.now() + PATIENCE; performance.now() < end; await delay(PAUSE)) {
      if (!(await create(claim))) continue;
      try {
        return await readOrCreate(file, work);
      } finally {
        await unlink(claim).catch(undefinedIfMissing);
      }
    }
    throw new IdentityProviderUnavailable('the session cannot be renewed');
  }

  /** Files are dated by the machine's clock. After that was stepped back, their age is unknown, and they go, too. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const file = join(this.#directory, name);
      const made = (await stat(file).catch(undefinedIfMissing))?.mtimeMs;
      if (made !== undefined && Math.abs(Date.now() - made) > KEPT) await unlink(file).catch(undefinedIfMissing);
    }
  }
}

/** Creates an empty file. False if it exists. */
async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}
