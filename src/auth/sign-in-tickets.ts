import { hash, randomBytes } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { IDENTIFIER } from '../domain/keys/identifier.js';
import type { Clock } from '../shared/clock.js';
import { DATA_FILE } from '../shared/data-files.js';
import { UnfitFile } from '../shared/file-text.js';
import { LAST_INSTANT } from '../shared/instants.js';
import { undefinedIfMissing } from '../shared/is-there.js';
import { makeDirectory } from '../shared/make-directory.js';
import { readKept, readOrCreate } from './key-file.js';
import { ROLES } from './viewer.js';

/** The lifetime of a ticket, in milliseconds. */
const LIFETIME = 15 * 60_000;

/** 256 bits in base64url. */
const TICKET = /^[\w-]{43}$/;

const HOLDER = z.object({
  subject: z.string().regex(IDENTIFIER),
  account: z.string().regex(IDENTIFIER).optional(),
  role: z.enum(ROLES),
});

const ENTRY = HOLDER.extend({ until: z.int().nonnegative().max(LAST_INSTANT) });

/** The identity that a ticket gives. */
export type TicketHolder = z.infer<typeof HOLDER>;

/**
 * Tickets that sign a browser in once. They are in the data directory, so that any process may redeem a ticket of another. Each has a file
 * that is named after the ticket's hash, so reading the directory gives nobody a ticket.
 */
export class SignInTickets {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(dataDirectory: string, clock: Clock) {
    this.#directory = join(dataDirectory, DATA_FILE.signIn);
    this.#clock = clock;
  }

  /** Issues a new ticket for that holder. */
  async issue(holder: TicketHolder): Promise<string> {
    makeDirectory(this.#directory);
    await this.#sweep();
    const ticket = randomBytes(32).toString('base64url');
    const entry: z.infer<typeof ENTRY> = { ...holder, until: this.#clock() + LIFETIME };
    await readOrCreate(this.#fileOf(ticket), async () => JSON.stringify(entry));
    return ticket;
  }

  /** Redeems the ticket, once. Returns its holder; undefined if the ticket does not exist, or no longer. */
  async redeem(ticket: string): Promise<TicketHolder | undefined> {
    if (!TICKET.test(ticket)) return undefined;
    const file = this.#fileOf(ticket);
    const entry = await entryIn(file);
    // If several requests hold the ticket, only one of them removes the file.
    if (!entry || !(await remove(file))) return undefined;
    const { until, ...holder } = entry;
    return this.#isGood(until) ? holder : undefined;
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const file = join(this.#directory, name);
      const entry = await entryIn(file);
      if (entry && !this.#isGood(entry.until)) await remove(file);
    }
  }

  /** True if the ticket is valid. One with more time left than a new ticket is not: the clock was stepped back, its age is unknown. */
  #isGood(until: number): boolean {
    const left = until - this.#clock();
    return left > 0 && left <= LIFETIME;
  }

  #fileOf(ticket: string): string {
    return join(this.#directory, hash('sha256', ticket));
  }
}

/** Undefined if there is none, or if the file has other content. */
async function entryIn(file: string): Promise<z.infer<typeof ENTRY> | undefined> {
  try {
    return ENTRY.safeParse(JSON.parse((await readKept(file)) ?? '')).data;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnfitFile) return undefined;
    throw error;
  }
}

/** True if it existed. */
async function remove(file: string): Promise<boolean> {
  const removed = await unlink(file).then(() => true, undefinedIfMissing);
  return removed === true;
}
