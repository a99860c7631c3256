import type { Config } from '../config.js';
import { type KeyAsOf, keysAsOf } from '../domain/as-of.js';
import type { PastKeyEvent } from '../domain/keys.js';
import { accountOf, decode, streamOf } from '../store/codec.js';
import type { EventStore } from '../store/event-store.js';
import { withExistingStore } from './existing-store.js';
import { print } from './output.js';
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
 * @throws ReadNotRecorded, OutputFailed, StoreUnavailable, UnreadableEvent
 */
export async function printAsOf(config: Config, options: AsOfOptions): Promise<void> {
  await withExistingStore(config, async (store) => {
    await recordRead(store, 'asof', options);
    await printKeys(store, options, new Progress({ total: savedPosition(config, store) }));
  });
}

async function printKeys(store: EventStore, { at, account }: AsOfOptions, progress: Progress): Promise<void> {
  const streams = account === undefined ? await everyStream(store, progress) : [streamOf('apiKeys', account)];
  for (const stream of streams) {
    const keys = await keysAsOf(await eventsOf(store, stream), at);
    await print(formatKeys(accountOf(stream), at, keys));
  }
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

function formatKeys(account: string, at: number, keys: KeyAsOf[]): string {
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
  return `${JSON.stringify({ account, at: new Date(at).toISOString(), keys: shown })}\n`;
}
