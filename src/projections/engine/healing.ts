import type { Logger } from 'pino';
import { StreamGap, UnreadableStream } from '../../domain/keys/refusals.js';
import { Backoff } from '../../shared/backoff.js';
import { beat } from '../../shared/beat.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import type { EventStore } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from './connection.js';
import { whenUnlocked } from './database.js';
import type { LeftOut } from './file-in-filling.js';
import type { PositionTable } from './position.js';
import type { Projection, Unread } from './projection.js';
import type { Quarantined } from './quarantine.js';
import { reportUnread } from './report-unread.js';

/** How often the accounts in quarantine are looked up, in milliseconds. */
const INTERVAL = 1000;

/** The waits between tries to read an account's stream. */
const BACKOFF = { first: 500, longest: 30_000 };

export interface HealingOptions {
  database: Connection;
  store: EventStore;
  projection: Projection;
  positions: PositionTable;
  log: Pick<Logger, 'info' | 'error'>;
  /** Called after tables have changed. */
  onHealed: () => void;
}

/** When an account is tried again, by `performance.now()`, and the waits after that. */
interface Try {
  at: number;
  backoff: Backoff;
}

/**
 * Ends the quarantine of accounts whose streams can be read again, because events were restored or this program is newer. It polls, since
 * the store does not notify. It runs beside other work, since a stream may be long.
 */
export class Healing {
  readonly #options: HealingOptions;
  readonly #tries = new Map<string, Try>();
  #running: Promise<void> | undefined;
  /** The number of accounts in quarantine at the last look. */
  quarantined = 0;
  /** The number of events that were left out by projections without quarantine. */
  leftOut = 0;

  constructor(options: HealingOptions) {
    this.#options = options;
  }

  /** Reports events that could not be read, and counts them. */
  record(unread: Unread[]): void {
    const { log, projection } = this.#options;
    reportUnread(log, projection, unread);
    if (projection.quarantine) this.quarantined += unread.length;
    else this.leftOut += unread.length;
  }

  /** Counts what was left out while tables were filled elsewhere. */
  recordFilled(all: readonly LeftOut[]): void {
    for (const { projection, events, ofAll } of all)
      if (projection === this.#options.projection.name) this.leftOut = (ofAll ? 0 : this.leftOut) + events;
  }

  /** Counts the accounts in quarantine, and returns them. */
  async recount(signal: AbortSignal): Promise<Quarantined[]> {
    const held = await untilUnlocked(() => this.#options.projection.quarantine?.all() ?? [], signal);
    this.quarantined = held.length;
    return held;
  }

  /** Runs until the signal aborts. Does nothing if the projection has no quarantine. */
  start(signal: AbortSignal): void {
    const { quarantine, mend } = this.#options.projection;
    if (quarantine && mend) this.#running ??= this.#run(signal);
  }

  /** Resolves when no work is under way. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // The followers of a store that does not answer report that already.
      await this.#look(signal).catch(() => {});
      await beat.wait(INTERVAL, signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const held = await this.recount(signal);
    const streams = new Set(held.map(({ stream }) => stream));
    for (const stream of this.#tries.keys()) if (!streams.has(stream)) this.#tries.delete(stream);
    for (const one of held) {
      if (signal.aborted) return;
      if (this.#isDue(one)) await this.#heal(one, signal);
    }
  }

  #isDue({ stream }: Quarantined): boolean {
    const now = performance.now();
    const { at, backoff } = this.#tries.get(stream) ?? { at: now, backoff: new Backoff(BACKOFF) };
    if (now < at) return false;
    this.#tries.set(stream, { at: now + backoff.next(), backoff });
    return true;
  }

  /** Reads on from the folded version (or from an event that came twice), and applies page by page what can be read. */
  async #heal({ stream, version, head }: Quarantined, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const account = accountOf(stream);
    let due = Math.min(version, head - 1) + 1;
    try {
      for await (const page of store.read(stream, due - 1, signal)) {
        for (const event of page) {
          if (event.version !== due) throw new StreamGap(due, event.version);
          due += 1;
        }
        if (!(await this.#mend(account, page, signal))) continue;
        this.#recordEnd(account);
        return;
      }
    } catch (error) {
      if (!(error instanceof UnreadableStream)) throw error;
    }
  }

  #recordEnd(account: string): void {
    const { projection, log, onHealed } = this.#options;
    const end = projection.startsOver ? 'the tables are filled anew' : 'its quarantine has ended';
    log.info({ projection: projection.name, account }, `the events of the account can be read again; ${end}`);
    if (projection.startsOver) return;
    this.quarantined -= 1;
    onHealed();
  }

  /** @returns true if the quarantine is over, or is over once the tables, which are given up now, are filled anew */
  #mend(account: string, page: Parameters<NonNullable<Projection['mend']>>[1], signal: AbortSignal): Promise<boolean> {
    const { database, projection } = this.#options;
    return whenUnlocked(
      database,
      () => {
        const isOver = projection.mend?.(account, page) ?? false;
        return isOver && projection.startsOver ? this.#giveUp() : isOver;
      },
      signal,
    );
  }

  /**
   * Gives the tables up, so that the runner has them filled anew.
   * @returns false if somebody has done so already
   */
  #giveUp(): boolean {
    const { projection, positions } = this.#options;
    if (!positions.read(projection.name)) return false;
    positions.forget(projection.name);
    return true;
  }
}
