import { createHash } from 'node:crypto';
import type { ReadFilter } from '../../domain/audit/history-read.js';

/** For how long after a record the same read is a repetition, in milliseconds: a page that reconnects goes on with what it read. */
const WINDOW = 5 * 60_000;

/** How many different reads are known at the most. Of what is forgotten, a repetition is a read like any other. */
const CAPACITY = 10_000;

/** All that makes reads the same. */
export interface Shown {
  actor: string;
  what: string;
  filter: ReadFilter;
  /** What the client sent: the document and its variables. Another document may show more of what the filter selects. */
  request?: unknown;
  /** The position after which a feed began; of two feeds, the later begun shows nothing but what the other showed, or shows by now. */
  since?: number | undefined;
}

/** Times are in milliseconds since 1970. */
export interface Span {
  from: number;
  until: number;
}

/** Whether that time is over, or the clock was stepped back before it. */
export function isPast({ from, until }: Span, now: number): boolean {
  return now < from || now >= until;
}

/** What was recorded in the last five minutes, so that it is known what is a repetition. Memory is bounded. */
export class RecentReads {
  readonly #shown = new Map<string, Span & { since: number }>();

  /** The time in which the read repeats one that was recorded; undefined where it is none. */
  find(read: Shown, now: number): Span | undefined {
    const found = this.#shown.get(keyOf(read));
    return found && !isPast(found, now) && (read.since ?? 0) >= found.since ? found : undefined;
  }

  /** From now on the same read is a repetition. */
  add(read: Shown, now: number): void {
    const key = keyOf(read);
    const { since = 0 } = read;
    const known = this.#shown.get(key);
    // What is set again moves to the end: the first is the one that was recorded longest ago.
    this.#shown.delete(key);
    this.#shown.set(key, {
      from: now,
      until: now + WINDOW,
      since: known && !isPast(known, now) ? Math.min(since, known.since) : since,
    });
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > CAPACITY && oldest !== undefined) this.#shown.delete(oldest);
  }
}

function keyOf({ actor, what, filter, request }: Shown): string {
  return createHash('sha256')
    .update(JSON.stringify([actor, what, filter, request]))
    .digest('base64');
}
