import type { Config } from '../config.js';
import { type KeyAsOf, keysAsOf } from '../domain/as-of.js';
import type { PastKeyEvent } from '../domain/keys.js';
import { accountOf, decode, streamOf } from '../store/codec.js';
import type { EventStore } from '../store/event-store.js';
import { withExistingStore } from './existing-store.js';
import { Progress } from './progress.js';
import { recordRead } from './record-read.js';
import { savedPosition } from './saved-position.js';

export interface AsOfOptions {
  /** Milliseconds since 1970. */
  at: number;
  account?: string;
}

/**
 * Prints the keys of an account, or of every account that has ever held one, as they were at an instant: a JSON object a line.
 * @throws StoreUnavailable, UnreadableEvent
 */
export async function printAsOf(config: Config, options: AsOfOptions): Promise<void> {
  await withExistingStore(config, (store) => {
    const progress = new Progress({ total: savedPosition(config, store) });
    return recordRead(store, 'asof', options, () => printKeys(store, options, progress));
  });
}

async function printKeys(store: EventStore, { at, account }: AsOfOptions, progress: Progress): Promise<void> {
  const streams = account === undefined ? await everyStream(store, progress) : [streamOf('apiKeys', account)];
  for (const stream of streams) print(accountOf(stream), at, await keysAsOf(await eventsOf(store, stream), at));
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

async function eventsOf(store: EventStore, stream: string): Promise<PastKeyEvent[]> {
  const events: PastKeyEvent[] = [];
  for await (const page of store.read(stream)) events.push(...page.map(decode));
  return events;
}

function print(account: string, at: number, keys: KeyAsOf[]): void {
  const shown = keys.map(({ keyId, name, hint, scopes, createdAt, createdBy, expiresAt, couldAuthenticate }) => ({
    keyId,
    name,
    hint,
    scopes,
    createdAt: new Date(createdAt).toISOString(),
    createdBy,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    couldAuthenticate,
  }));
  process.stdout.write(`${JSON.stringify({ account, at: new Date(at).toISOString(), keys: shown })}\n`);
}
