import type { Config } from '../../config.js';
import { type AccountAsOf, accountAsOf } from '../../domain/audit/as-of.js';
import type { PastKeyEvent } from '../../domain/keys/model.js';
import { requireNext, UnreadableStream } from '../../domain/keys/refusals.js';
import { decode } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { accountOf, streamOf } from '../../store/streams.js';
import { recordRead } from '../audit/record-read.js';
import { savedPosition } from '../audit/saved-position.js';
import { withExistingStore } from '../existing-store.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';

export interface AsOfOptions {
  /** Milliseconds since 1970. */
  at: number;
  account?: string;
}

/**
 * Prints the keys of an account, or of every account that ever held one, as they were at an instant: a JSON object per line. An account
 * whose events cannot be read is named on standard error, and the others are printed.
 * @returns true if all of them could be read
 * @throws ReadNotRecorded, OutputFailed, StoreUnavailable
 */
export async function printAsOf(config: Config, options: AsOfOptions): Promise<boolean> {
  return withExistingStore(config, async (store) => {
    await recordRead(store, 'asof', options);
    return printKeys(store, options, new Progress({ total: savedPosition(config, store) }));
  });
}

async function printKeys(store: EventStore, { at, account }: AsOfOptions, progress: Progress): Promise<boolean> {
  const streams = account === undefined ? await everyStream(store, progress) : [streamOf('apiKeys', account)];
  let isWhole = true;
  for (const stream of streams) {
    const events = await eventsOf(store, stream);
    if (events) {
      await print(formatKeys(accountOf(stream), at, await accountAsOf(events, at)));
    } else {
      isWhole = false;
    }
  }
  return isWhole;
}

async function everyStream(store: EventStore, progress: Progress): Promise<Set<string>> {
  const streams = new Set<string>();
  for await (const page of store.readAll('apiKeys')) {
    for (const { stream } of page) streams.add(stream);
    progress.add(page.length, page.at(-1)?.position);
  }
  progress.end();
  return streams;
}

/** Undefined if they cannot be read or some are missing; a message says why. */
async function eventsOf(store: EventStore, stream: string): Promise<PastKeyEvent[] | undefined> {
  const events: PastKeyEvent[] = [];
  try {
    for await (const page of store.read(stream)) {
      for (const event of page) {
        requireNext(events.length, event);
        events.push(decode(event));
      }
    }
    return events;
  } catch (error) {
    if (!(error instanceof UnreadableStream)) throw error;
    say(`account ${accountOf(stream)} is left out: ${error.message}`);
    return undefined;
  }
}

function formatKeys(account: string, at: number, { keys, frozenAt }: AccountAsOf): string {
  const shown = keys.map(({ keyId, name, hint, scopes, createdAt, createdBy, expiresAt, disabledAt, couldAuthenticate }) => ({
    keyId,
    name,
    hint,
    scopes,
    createdAt: new Date(createdAt).toISOString(),
    createdBy,
    expiresAt: timeOf(expiresAt),
    disabledAt: timeOf(disabledAt),
    couldAuthenticate,
  }));
  return `${JSON.stringify({ account, at: new Date(at).toISOString(), frozenAt: timeOf(frozenAt), keys: shown })}\n`;
}

function timeOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
