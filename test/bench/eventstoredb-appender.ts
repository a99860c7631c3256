import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import type { NewEvent } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { toEventStoreDb } from '../../src/store/eventstoredb/eventstoredb-codec.js';
import { inFlight, timed } from './support/bench.js';
import { answer } from './support/child.js';
import { creation } from './support/events.js';

/** How many events to append, and how many in flight. The answer is the rate per second. */
export interface AppendQuestion {
  lanes: number;
  count: number;
}

const [kind = '', connectionString = '', category = 'apiKeys'] = process.argv.slice(2);
const append = kind === 'adapter' ? adapter() : bareClient();
let accounts = 0;

answer<AppendQuestion>(async ({ lanes, count }) => {
  const events = Array.from({ length: count }, () => creation());
  const streams = events.map(() => `${category}-bench-${kind}-${process.pid}-${accounts++}`);
  const time = await timed(() =>
    inFlight(lanes, count, async (index) => {
      const [stream, event] = [streams[index], events[index]];
      if (stream && event) await append(stream, event);
    }),
  );
  return (1000 * count) / time;
});

function adapter(): (stream: string, event: NewEvent) => Promise<unknown> {
  const store = new EventStoreDbEventStore(connectionString);
  return (stream, event) => store.append(stream, 0, [event]);
}

function bareClient(): (stream: string, event: NewEvent) => Promise<unknown> {
  const client = EventStoreDBClient.connectionString(connectionString);
  const options = { expectedRevision: NO_STREAM, requiresLeader: true } as const;
  return (stream, event) => client.appendToStream(stream, [toEventStoreDb(event)], options);
}
