import {
  type EventStore,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  VersionConflict,
} from '../../src/store/event-store.js';

/** What becomes of a call: it is answered, or it has its effect and the answer is lost, or it never arrives. */
export type Fate = 'answered' | 'answer lost' | 'request lost';

/** A call that waits to reach the store. */
export interface Pending {
  isAppend: boolean;
  arrive: (fate: Fate) => void;
}

/** One process's connection to the stream of one account. Each call waits until somebody lets it arrive. */
export class ControlledStore implements EventStore {
  readonly kind = 'controlled';
  readonly #events: readonly RecordedEvent[];
  readonly #append: (events: RecordedEvent[]) => void;
  readonly #wait: (pending: Pending) => void;
  /** Called with what the process learns. */
  onAnswer: (answer: string) => void = () => {};

  constructor(events: readonly RecordedEvent[], append: (events: RecordedEvent[]) => void, wait: (pending: Pending) => void) {
    this.#events = events;
    this.#append = append;
    this.#wait = wait;
  }

  async *read(_stream: string, after = 0): AsyncGenerator<RecordedEvent[]> {
    yield await this.#call(
      false,
      () => this.#events.slice(after),
      (events) => `read to ${after + events.length}`,
    );
  }

  append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    return this.#call(
      true,
      () => this.#write(stream, version, events),
      (next) => `written to ${next}`,
    );
  }

  readAll(): never {
    throw new Error('A command does not read the whole log.');
  }

  follow(): never {
    throw new Error('A command follows nothing.');
  }

  prune(): never {
    throw new Error('A command removes nothing.');
  }

  async close(): Promise<void> {}

  #write(stream: string, version: number, events: NewEvent[]): number {
    const isRepeated = events.every(({ id }, index) => this.#events[version + index]?.id === id);
    if (isRepeated) return version + events.length;
    if (this.#events.length !== version) throw new VersionConflict(stream, version, this.#events.length);
    this.#append(events.map((event, index) => stored(event, stream, version + index + 1)));
    return version + events.length;
  }

  /** @param describe what the process learns from the answer */
  #call<T>(isAppend: boolean, serve: () => T, describe: (answer: T) => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown) => {
        this.onAnswer(String(error));
        reject(error);
      };
      const arrive = (fate: Fate) => {
        if (fate === 'request lost') return refuse(new OutcomeUnknown());
        try {
          const answer = serve();
          if (fate === 'answer lost') return refuse(new OutcomeUnknown());
          this.onAnswer(describe(answer));
          resolve(answer);
        } catch (error) {
          refuse(fate === 'answered' ? error : new OutcomeUnknown());
        }
      };
      this.#wait({ isAppend, arrive });
    });
  }
}

function stored(event: NewEvent, stream: string, version: number): RecordedEvent {
  return { ...structuredClone(event), data: JSON.parse(JSON.stringify(event.data)), stream, version, position: version };
}
