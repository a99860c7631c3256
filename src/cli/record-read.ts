import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { appendAtEnd } from '../commands/append-at-end.js';
import { type Asked, type Readable, toReadFilter } from '../domain/history-read.js';
import { encode, streamOf } from '../store/codec.js';
import type { EventStore } from '../store/event-store.js';

/** How long the record may take once the read is over, in milliseconds. */
const LIMIT = 2000;

/** What is read, as the record names it. */
type Command = Extract<Readable, 'export' | 'export --usage' | 'asof'>;

/**
 * Reads, and records that this machine's user does so. Where that cannot be recorded, the read succeeds all the same, and
 * standard error tells.
 */
export async function recordRead<T>(store: EventStore, what: Command, asked: Asked, read: () => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const recorded = record(store, what, asked, giveUp.signal).catch((error: Error) => {
    process.stderr.write(`keyledger: that this was read could not be recorded: ${error.message}\n`);
  });
  try {
    return await read();
  } finally {
    const timer = setTimeout(() => giveUp.abort(), LIMIT);
    await recorded;
    clearTimeout(timer);
  }
}

async function record(store: EventStore, what: Command, asked: Asked, signal: AbortSignal): Promise<void> {
  const actor = localActor();
  const read = { what, filter: toReadFilter(asked), times: 1 };
  const past = { type: 'HistoryRead' as const, data: read, at: new Date().toISOString(), actor };
  await appendAtEnd(store, streamOf('apiKeyReads', actor), [encode(past, randomUUID())], signal);
}

/** The user of the operating system, in the form of an actor. */
function localActor(): string {
  return `local:${userName().replace(/[^A-Za-z0-9._~|:-]/g, '_')}`.slice(0, 128);
}

/** In a container, a user may have a number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `${process.getuid?.() ?? 'unknown'}`;
  }
}
