import { handle, type Ledger } from '../../src/commands/keys/handle.js';
import { type KeyCommand, type KeyEvent, LEAK_REPORT_ACTOR, type PastKeyEvent } from '../../src/domain/keys/model.js';
import { encode } from '../../src/store/codec.js';
import { type NewEvent, type RecordedEvent, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount } from './cleanup.js';
import { at, fold, SECOND, START } from './specification.js';
import { eventsOf, StoreDouble } from './store-doubles.js';

/** A store that notes its calls, and that can be unavailable to readers of a stream. */
export class NotedCalls extends StoreDouble {
  calls: string[] = [];
  away = false;
  onRead: () => void = () => {};

  override async *read(stream: string, after?: number, signal?: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    this.calls.push('read');
    this.onRead();
    if (this.away) throw new StoreUnavailable();
    yield* this.store.read(stream, after, signal);
  }

  override get requireLeader() {
    const { requireLeader } = this.store;
    if (!requireLeader) return undefined;
    return (signal?: AbortSignal) => {
      this.calls.push('requireLeader');
      return requireLeader(signal);
    };
  }

  override append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    this.calls.push('append');
    return this.store.append(stream, version, events, signal);
  }
}

interface LatecomerOptions extends Omit<Partial<Ledger>, 'clock'> {
  signal?: AbortSignal;
  /** The process's clock; by default a second after the first event. */
  now?: number;
}

/** An account whose stream holds these events, a millisecond apart, and a late process that knows only the first ones. */
export async function latecomer(events: KeyEvent[], known: number, options: LatecomerOptions = {}) {
  const {
    signal = new AbortController().signal,
    now = START + SECOND,
    store: log = new SqliteEventStore(':memory:'),
    ...ledger
  } = options;
  const store = new NotedCalls(log);
  const account = newAccount();
  const past = events.map((event, index): PastKeyEvent => {
    return { ...event, version: index + 1, at: at(START + index), actor: 'owner' };
  });
  const stream = streamOf('apiKeys', account);
  const written = past.map((event) => encode(event, 'none'));
  if (past.length > 0) await store.append(stream, 0, written);
  store.calls = [];
  const caller = { account, actor: LEAK_REPORT_ACTOR, correlationId: 'none', since: performance.now() };
  const eventsSince = async () => (await eventsOf(log, stream)).slice(past.length);
  return {
    store,
    stream,
    handle: (command: KeyCommand) =>
      handle({ ...ledger, store, clock: () => now }, caller, command, fold(events.slice(0, known)), signal),
    /** The events that were written since. */
    eventsSince,
    written: async () => (await eventsSince()).map(({ type }) => type),
  };
}
