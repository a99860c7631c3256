import { hash } from 'node:crypto';
import type { ReadFilter } from '../../domain/audit/history-read.js';

/** How long after a record the same read counts as a repetition, in milliseconds: a page that reconnects continues its read. */
const WINDOW = 5 * 60_000;

/** The maximum number of remembered reads. The repetition of a forgotten read is recorded like any other read. */
const CAPACITY = 10_000;

/** Everything that makes two reads the same. */
export interface Shown {
  actor: string;
  what: string;
  filter: ReadFilter;
  /** What the client sent: the document and its variables. With the same filter, another document may show more. */
  request?: unknown;
  /**
   * The position after which a feed began. A feed that begins later shows nothing that the earlier one did not show or does not show by
   * now.
   */
  since?: number | undefined;
}

/** Times are in milliseconds since 1970. */
export interface Span {
  from: number;
  until: number;
}

/** True if that time is over, or if the clock was stepped back before it. */
export function isPast({ from, until }: Span, now: number): boolean {
  return now < from || now >= until;
}

/** The reads that were recorded in the last five minutes. Memory is bounded. */
export class RecentReads {
  readonly #shown = new Map<string, Span & { since: number }>();

  /** The time within which the read repeats a recorded one; undefined if it repeats none. */
  find(read: Shown, now: number): Span | undefined {
    const found = this.#shown.get(keyOf(read));
    return found && !isPast(found, now) && (read.since ?? 0) >= found.since ? found : undefined;
  }

  /** Counts the same read as a repetition from now on. */
  add(read: Shown, now: number): void {
    const key = keyOf(read);
    const { since = 0 } = read;
    const known = this.#shown.get(key);
    // Setting the key again moves it to the end, so the first key is always the oldest.
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
  return hash('sha256', JSON.stringify([actor, what, filter, request]), 'base64');
}
