import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { appendAtEnd } from '../../commands/append-at-end.js';
import { type Asked, type Readable, toReadFilter } from '../../domain/audit/history-read.js';
import { messageOf } from '../../shared/message-of.js';
import { encode } from '../../store/codec.js';
import { type EventStore, LogSealed } from '../../store/event-store.js';
import { readsStreamOf } from '../../store/streams.js';
import { appending } from '../output/held-up.js';
import { say } from '../output/output.js';

/** How long to wait for the store, in milliseconds. */
const PATIENCE = 15_000;

/** The command as the record names it. */
type Command = Extract<Readable, 'export' | 'export --usage' | 'asof'>;

/** The read of the history cannot be recorded, so nothing of the history is shown. */
class ReadNotRecorded extends Error {
  constructor(cause: unknown) {
    super(`Nothing is shown, because this read cannot be recorded: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Records a read by this machine's user. The record is durable when the promise resolves; show nothing earlier. A sealed log takes no
 * records but can still be read; a message on standard error says so.
 * @throws ReadNotRecorded
 */
export async function recordRead(store: EventStore, what: Command, asked: Asked): Promise<void> {
  const actor = localActor();
  const read = { what, filter: toReadFilter(asked), times: 1 };
  const past = { type: 'HistoryRead' as const, data: read, at: new Date().toISOString(), actor };
  const giveUp = AbortSignal.timeout(PATIENCE);
  try {
    await appending(() => appendAtEnd(store, readsStreamOf(past.at, actor), [encode(past, randomUUID())], giveUp));
  } catch (error) {
    if (!(error instanceof LogSealed)) throw new ReadNotRecorded(error);
    say(`this read could not be recorded: ${error.message}`);
  }
}

/** The user of the operating system, in the form of an actor. */
export function localActor(): string {
  return `local:${userName().replace(/[^A-Za-z0-9._~|:-]/g, '_')}`.slice(0, 128);
}

/** In a container, a user may have a number but no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `${process.getuid?.() ?? 'unknown'}`;
  }
}
