import { setTimeout as delay } from 'node:timers/promises';
import { type Read, ReadLog } from '../../src/commands/audit/read-log.js';
import type { EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { readsStreamOf } from '../../src/store/streams.js';
import { newAccount } from './cleanup.js';
import { readsOf } from './recorded-reads.js';
import { at, START } from './specification.js';
import { eventsOf, PatientAppends } from './store-doubles.js';

export function read(actor: string, account: string, what: Read['what'] = 'events', correlationId = 'a request'): Read {
  return { actor, correlationId, what, filter: { account } };
}

/** What is recorded of that reader's reads, in their order. */
export async function recorded(store: EventStore, actor: string) {
  return (await readsOf(store, actor)).map(({ data }) => data);
}

/** A log of reads that writes as soon as it can. Its clock stands still until a test moves it. */
export function openReadLog(log: EventStore = new SqliteEventStore(':memory:'), store: EventStore = new PatientAppends(log)) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const time = { now: START };
  const reads = new ReadLog({ store, clock: () => time.now, log: { warn: write, error: write } as never, interval: 0 });
  /** Resolves when everything of now is written: all of one round is written when something of the next is. */
  const isWritten = async () => {
    for (const marker of [newAccount(), newAccount()]) {
      reads.record(read(marker, 'none'));
      const stream = readsStreamOf(at(time.now), marker);
      while ((await eventsOf(log, stream)).length === 0) await delay(1);
    }
  };
  return { reads, lines, time, isWritten, store: log };
}
