import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import { StreamGap, UnreadableStream } from '../../domain/keys/refusals.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { accountOf } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { whenUnlocked } from './database.js';
import type { PositionTable } from './position.js';
import type { Projection, Unread } from './projection.js';
import type { Quarantined } from './quarantine.js';

/** How often it looks which accounts are in quarantine, in milliseconds. */
const INTERVAL = 500;

/** How long an account waits for the next try to read its stream, in milliseconds: from the first, doubling, to the second. */
const BACKOFF = { first: 500, longest: 30_000 };

export interface HealingOptions {
  database: Database;
  store: EventStore;
  projection: Projection;
  positions: PositionTable;
  log: Pick<Logger, 'info' | 'error'>;
  /** Told when tables have changed. */
  onHealed: () => void;
}

/** When an account is tried again, by `performance.now()`, and how long it waits after that. */
interface Try {
  at: number;
  wait: number;
}

/**
 * Ends the quarantine of accounts whose streams can be read again, because events were restored or because this program is newer.
 * It looks by itself, for the store tells nobody; beside what goes on, for a stream may be long.
 */
export class Healing {
  readonly #options: HealingOptions;
  readonly #tries = new Map<string, Try>();
  #running: Promise<void> | undefined;
  /** How many accounts were in quarantine when it looked last. */
  quarantined = 0;
  /** How many events were left out, each of which stands for itself. */
  leftOut = 0;

  constructor(options: HealingOptions) {
    this.#options = options;
  }

  /** Notes events that were met and could not be read. Each is told of once: the next ones of an account in quarantine are none. */
  note(unread: Unread[]): void {
    const { log, projection } = this.#options;
    const { name, quarantine } = projection;
    const [first] = unread;
    if (!first) return;
    if (!quarantine) {
      this.leftOut += unread.length;
      log.error({ projection: name, events: unread.length, reason: first.reason }, 'events cannot be read; they are left out');
      return;
    }
    this.quarantined += unread.length;
    for (const { event, reason } of unread) {
      const account = accountOf(event.stream);
      log.error({ projection: name, account, reason }, 'the stream of an account cannot be read; the account is in quarantine');
    }
  }

  /** Until the signal aborts. Nothing to do where the projection sets no account apart. */
  start(signal: AbortSignal): void {
    const { quarantine, mend } = this.#options.projection;
    if (quarantine && mend) this.#running ??= this.#run(signal);
  }

  /** Resolves when nothing is under way any more. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A store that does not answer is spoken of by whoever follows it.
      await this.#look(signal).catch(() => {});
      await delay(INTERVAL, undefined, { signal }).catch(() => {});
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const held = await untilUnlocked(() => this.#options.projection.quarantine?.all() ?? [], signal);
    this.quarantined = held.length;
    const streams = new Set(held.map(({ stream }) => stream));
    for (const stream of this.#tries.keys()) if (!streams.has(stream)) this.#tries.delete(stream);
    for (const one of held) {
      if (signal.aborted) return;
      if (this.#isDue(one)) await this.#heal(one, signal);
    }
  }

  #isDue({ stream }: Quarantined): boolean {
    const now = performance.now();
    const { at, wait } = this.#tries.get(stream) ?? { at: now, wait: BACKOFF.first };
    if (now < at) return false;
    this.#tries.set(stream, { at: now + wait, wait: Math.min(2 * wait, BACKOFF.longest) });
    return true;
  }

  /** Reads on from what is folded, or from an event that came twice, and takes in page by page what can be read. */
  async #heal({ stream, version, head }: Quarantined, signal: AbortSignal): Promise<void> {
    const { store, projection, log, onHealed } = this.#options;
    const account = accountOf(stream);
    let due = Math.min(version, head - 1) + 1;
    try {
      for await (const page of store.read(stream, due - 1, signal)) {
        for (const event of page) {
          if (event.version !== due) throw new StreamGap(due, event.version);
          due += 1;
        }
        if (!(await this.#mend(account, page, signal))) continue;
        this.quarantined -= 1;
        log.info(
          { projection: projection.name, account },
          'the stream of the account can be read again; its quarantine is over',
        );
        onHealed();
        return;
      }
    } catch (error) {
      if (!(error instanceof UnreadableStream)) throw error;
    }
  }

  /** @returns whether the quarantine is over */
  #mend(account: string, page: Parameters<NonNullable<Projection['mend']>>[1], signal: AbortSignal): Promise<boolean> {
    const { database, projection, positions } = this.#options;
    return whenUnlocked(
      database,
      () => {
        const isOver = projection.mend?.(account, page) ?? false;
        if (isOver && projection.startsOver) {
          projection.clear();
          positions.forget(projection.name);
        }
        return isOver;
      },
      signal,
    );
  }
}
