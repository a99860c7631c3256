import type { PastKeyEvent } from '../domain/keys/model.js';
import type { RecordedEvent } from './event-store.js';

/**
 * An event as a store gave it. It keeps what it was decoded to, since several projections are given the same one: a map beside the events
 * takes longer than decoding them. A copy is an ordinary object, so that changed data never have an old decoding.
 */
export class ReadEvent implements RecordedEvent {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
  readonly metadata: RecordedEvent['metadata'];
  declare readonly damage?: RecordedEvent['damage'];
  declare readonly committedAt?: RecordedEvent['committedAt'];
  #decoded: PastKeyEvent | undefined;

  constructor(event: RecordedEvent) {
    this.stream = event.stream;
    this.version = event.version;
    this.position = event.position;
    this.id = event.id;
    this.type = event.type;
    this.schemaVersion = event.schemaVersion;
    this.data = event.data;
    this.metadata = event.metadata;
    if (event.damage) this.damage = event.damage;
    if (event.committedAt !== undefined) this.committedAt = event.committedAt;
  }

  /** Decodes it the first time. Always returns the same. */
  decodedBy(decode: (event: RecordedEvent) => PastKeyEvent): PastKeyEvent {
    this.#decoded ??= decode(this);
    return this.#decoded;
  }
}
