import { evolve } from '../../src/domain/keys/decide.js';
import { type AccountKeys, NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import type { NewEvent, RecordedEvent } from '../../src/store/event-store.js';
import { Violation } from './violation.js';

/** An append, and its events as text, without their ids. */
export interface Written {
  events: NewEvent[];
  texts: string[];
}

/** The stream of one account up to an event. Equal streams are one object, apart from the ids of their events. */
export class LogNode {
  static #count = 0;
  readonly id = LogNode.#count++;
  readonly #next = new Map<string, LogNode>();

  private constructor(
    readonly before: LogNode | undefined,
    readonly event: RecordedEvent | undefined,
    /** The account after this event. */
    readonly state: AccountKeys,
  ) {}

  /** The stream without events. */
  static empty(): LogNode {
    return new LogNode(undefined, undefined, NO_KEYS);
  }

  get version(): number {
    return this.state.version;
  }

  /** @throws Violation if a prefix then holds more than two keys */
  append({ events, texts }: Written): LogNode {
    return events.reduce<LogNode>((log, event, index) => log.#append(event, texts[index] ?? ''), this);
  }

  /** The stream at an earlier version. */
  at(version: number): LogNode {
    let log: LogNode = this;
    while (log.version > version && log.before) log = log.before;
    return log;
  }

  /** The stream at each of its versions from that one on, the last one first. */
  *since(version: number): Generator<LogNode> {
    for (let log: LogNode | undefined = this; log && log.version >= version; log = log.before) yield log;
  }

  /** The events with a greater version. */
  after(version: number): RecordedEvent[] {
    return [...this.since(version + 1)].flatMap(({ event }) => event ?? []).reverse();
  }

  /** The versions of the events of that request. */
  versionsOf(correlationId: string): number[] {
    return this.after(0).flatMap(({ metadata, version }) => (metadata.correlationId === correlationId ? version : []));
  }

  #append(event: NewEvent, text: string): LogNode {
    const known = this.#next.get(text);
    if (known) return known;
    const version = this.version + 1;
    const recorded = { ...structuredClone(event), data: JSON.parse(JSON.stringify(event.data)) };
    const stored: RecordedEvent = { ...recorded, stream: 'apiKeys-ann', version, position: version };
    const state = evolve(this.state, decode(stored));
    if (state.keys.size > 2) throw new Violation('never more than two keys in any prefix', text);
    const next = new LogNode(this, stored, state);
    this.#next.set(text, next);
    return next;
  }
}

/** Equal appends have equal texts. */
export function written(events: NewEvent[]): Written {
  return { events, texts: events.map(({ type, data, metadata }) => JSON.stringify([type, data, metadata])) };
}
