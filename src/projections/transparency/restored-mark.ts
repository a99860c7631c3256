import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DATA_FILE } from '../../shared/data-files.js';
import { syncDirectory, writeDurably } from '../../shared/durable-files.js';
import { isThere } from '../../shared/is-there.js';
import { LogMismatch } from '../../store/event-store.js';
import { CLOSED } from './log-difference.js';

/** The text of the mark while a restore is under way. */
const UNFINISHED = 'This data directory is being restored from a backup, or the restore was broken off.';

/** The text of the mark from the start of a recovery until everything is back. */
const RECOVERING = 'The event log lacked events, or some were changed, and `keyledger recover` has not repaired all of it.';

/** The name of a text that is not the mark yet. */
const DRAFT = new RegExp(`^${DATA_FILE.restored}\\.[0-9a-f-]{36}$`);

/**
 * A file that marks a data directory as closed: it came from a backup and nobody has checked since what the backup lacks, or a recovery
 * has begun. Until it is removed, the tables stay as they are, since they may be the only evidence of what is missing.
 */
export class RestoredMark {
  readonly file: string;

  constructor(dataDirectory: string) {
    this.file = join(dataDirectory, DATA_FILE.restored);
  }

  /** Why the directory is closed; undefined if it is not. */
  mismatch(): LogMismatch | undefined {
    const text = this.#read();
    if (text === undefined) return undefined;
    if (isCutOff(text)) return new LogMismatch(`${UNFINISHED} ${CLOSED} Run \`keyledger restore\` again.`);
    if (text === RECOVERING) return new LogMismatch(`${text} ${CLOSED} Run it again to see what is wrong and what to do.`);
    return new LogMismatch(
      `${text} The backup lacks all later changes. ${CLOSED} Run \`keyledger recover\` if no key was changed after the backup; otherwise run \`keyledger recover --accept-loss\`.`,
    );
  }

  /** True if a restore was interrupted. */
  isUnfinished(): boolean {
    const text = this.#read();
    return text !== undefined && isCutOff(text);
  }

  /** True if the directory came from a backup and was not recovered since. */
  isRestored(): boolean {
    const text = this.#read();
    return text !== undefined && !isCutOff(text) && text !== RECOVERING;
  }

  /** Closes a directory that was not restored, durably, before events are put back. */
  async beginRecovery(): Promise<void> {
    if (this.#read() === undefined) await this.finish(RECOVERING);
  }

  /** @throws LogMismatch if a restore was interrupted */
  requireFinished(): void {
    if (this.isUnfinished()) throw this.mismatch();
  }

  /**
   * Closes the directory, durably, before anything is restored to it.
   * @throws Error if it is closed already
   */
  async begin(): Promise<void> {
    await writeDurably(this.file, `${UNFINISHED}\n`);
    await syncDirectory(dirname(this.file));
  }

  /** Sets the text that says why the directory is closed. */
  async finish(text: string): Promise<void> {
    const draft = `${this.file}.${randomUUID()}`;
    try {
      await writeDurably(draft, `${text}\n`);
      await rename(draft, this.file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncDirectory(dirname(this.file));
  }

  /** Opens the directory, durably. Removes also what a process has left behind that was killed while it set the text. */
  async remove(): Promise<void> {
    const directory = dirname(this.file);
    const drafts = readdirSync(directory).filter((name) => DRAFT.test(name));
    for (const file of [this.file, ...drafts.map((name) => join(directory, name))]) await rm(file, { force: true });
    await syncDirectory(directory);
  }

  #read(): string | undefined {
    return isThere(this.file) ? readFileSync(this.file, 'utf8').trim() : undefined;
  }
}

/** True for the text of a restore under way, also if the restore was interrupted while it wrote that text. */
function isCutOff(text: string): boolean {
  return UNFINISHED.startsWith(text);
}
