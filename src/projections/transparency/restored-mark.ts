import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, writeDurably } from '../../shared/durable-files.js';
import { LogMismatch } from '../../store/event-store.js';
import { CLOSED } from './log-difference.js';

/** What the mark says while a restore is under way. */
const UNFINISHED = 'This data directory is being restored from a backup, or the restore was broken off.';

/** What it says from the beginning of a recovery until everything is back. */
const RECOVERING = 'Events were missing from the event log, and `keyledger recover` has not put all of them back.';

/**
 * The file that says that a data directory came from a backup, and that nobody has looked since at what the backup lacks; or that
 * a recovery has begun. Until then the tables are left as they are, for they may be all that tells what is missing.
 */
export class RestoredMark {
  readonly file: string;

  constructor(dataDirectory: string) {
    this.file = join(dataDirectory, 'restored');
  }

  /** Why the directory is closed; undefined where it is not, or no longer. */
  mismatch(): LogMismatch | undefined {
    const text = this.#read();
    if (text === undefined) return undefined;
    if (text === UNFINISHED) return new LogMismatch(`${text} ${CLOSED} Run \`keyledger restore\` again.`);
    if (text === RECOVERING)
      return new LogMismatch(`${text} ${CLOSED} Run it again; \`keyledger recover --accept-loss\` goes on without the rest.`);
    return new LogMismatch(
      `${text} A backup knows nothing of what came after it. ${CLOSED} Run \`keyledger recover\` if no key was changed after it, else \`keyledger recover --accept-loss\`.`,
    );
  }

  /** Whether a restore was broken off. */
  isUnfinished(): boolean {
    return this.#read() === UNFINISHED;
  }

  /** Whether the directory came from a backup, and was not recovered since. */
  isRestored(): boolean {
    const text = this.#read();
    return text !== undefined && text !== UNFINISHED && text !== RECOVERING;
  }

  /** Closes a directory that was not restored, durably, before anything is put back. */
  async beginRecovery(): Promise<void> {
    if (this.#read() === undefined) await this.finish(RECOVERING);
  }

  /** @throws LogMismatch where a restore was broken off */
  requireFinished(): void {
    if (this.isUnfinished()) throw this.mismatch();
  }

  /** Closes the directory, durably, before anything is restored to it. @throws Error where it is closed already */
  async begin(): Promise<void> {
    await writeDurably(this.file, `${UNFINISHED}\n`);
    await syncDirectory(dirname(this.file));
  }

  /** From now on it is closed on account of what the text says. */
  async finish(text: string): Promise<void> {
    const draft = `${this.file}.${randomUUID()}`;
    await writeDurably(draft, `${text}\n`);
    await rename(draft, this.file);
    await syncDirectory(dirname(this.file));
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true });
    await syncDirectory(dirname(this.file));
  }

  #read(): string | undefined {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8').trim() : undefined;
  }
}
