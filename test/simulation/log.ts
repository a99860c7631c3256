import { type Category, type NewEvent, type RecordedEvent, VersionConflict } from '../../src/store/event-store.js';
import { fromText } from '../../src/store/stored-json.js';
import type { Random } from './random.js';

/** An event of the log, and the instant from which readers see it. */
export interface Committed {
  event: RecordedEvent;
  visibleAt: number;
}

/** Events after a place. */
export interface Page {
  events: RecordedEvent[];
  /** True if readers saw no further events at that moment. */
  isLast: boolean;
}

export interface SimulatedLogOptions {
  now: () => number;
  random: Random;
  /** For how long readers do not see the events that are committed now, in milliseconds. */
  hiddenFor: () => number;
  /** Called for each append that somebody reads past, or conflicts with, before readers see it. */
  onMissed: () => void;
}

/** The log of a cluster: what its leader has written. It loses nothing. */
export class SimulatedLog {
  readonly #options: SimulatedLogOptions;
  /** By category. */
  readonly #committed = new Map<string, Committed[]>();
  readonly #streams = new Map<string, Committed[]>();
  readonly #listeners = new Set<(committed: Committed[]) => void>();
  #position = 0;
  /** The instant from which readers see all that is committed. */
  #visibleAt = 0;
  /** When those appends become visible that somebody has missed. */
  readonly #missed = new Set<number>();

  constructor(options: SimulatedLogOptions) {
    this.#options = options;
  }

  /** Calls the listener with the events of each append. Returns what ends that. */
  onCommit(listener: (committed: Committed[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many milliseconds until readers see all that is committed. */
  hiddenFor(): number {
    return Math.max(0, this.#visibleAt - this.#options.now());
  }

  /** @throws VersionConflict */
  append(stream: string, version: number, events: NewEvent[]): number {
    const held = this.#streams.get(stream) ?? [];
    const next = version + events.length;
    const head = this.version(stream);
    if (head !== version) {
      const same = held.filter(({ event }) => event.version > version && event.version <= next);
      if (same.length === events.length && events.every(({ id }, index) => same[index]?.event.id === id)) return next;
      this.#miss(held.slice(-1));
      throw new VersionConflict(stream, version, head);
    }
    const { now, hiddenFor, random } = this.#options;
    const visibleAt = Math.max(now() + hiddenFor(), this.#visibleAt);
    this.#visibleAt = visibleAt;
    const written = events.map(({ data, metadata, ...event }, index): Committed => {
      this.#position += random.between(1, 3);
      const text = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
      const place = { stream, version: version + index + 1, position: this.#position };
      return { event: fromText({ ...event, ...place, ...text }), visibleAt };
    });
    const category = categoryOf(stream);
    this.#committed.set(category, [...this.#committedIn(category), ...written]);
    this.#streams.set(stream, [...held, ...written]);
    for (const listener of this.#listeners) listener(written);
    return next;
  }

  /** The version of the stream, with events that readers do not see yet. */
  version(stream: string): number {
    return this.#streams.get(stream)?.at(-1)?.event.version ?? 0;
  }

  /** Removes the events of a stream. */
  prune(stream: string): void {
    const category = categoryOf(stream);
    const kept = this.#committedIn(category).filter(({ event }) => event.stream !== stream);
    this.#committed.set(category, kept);
    this.#streams.delete(stream);
  }

  /** The visible events of the stream with a greater version. */
  ofStream(stream: string, after: number): Page {
    return this.#page((this.#streams.get(stream) ?? []).slice(after));
  }

  /** The visible events of the category with a greater position. */
  ofCategory(category: Category, after: number): Page {
    const committed = this.#committedIn(category);
    return this.#page(committed.slice(committed.findLastIndex(({ event }) => event.position <= after) + 1));
  }

  /** The position of the category's last event, visible or not; 0 if there is none. */
  end(category: Category): number {
    return this.#committedIn(category).at(-1)?.event.position ?? 0;
  }

  /** All events of the category. */
  eventsOf(category: Category): RecordedEvent[] {
    return this.#committedIn(category).map(({ event }) => event);
  }

  #committedIn(category: string): Committed[] {
    return this.#committed.get(category) ?? [];
  }

  #page(all: Committed[]): Page {
    const { now, random } = this.#options;
    const visible = all.filter(({ visibleAt }) => visibleAt <= now());
    this.#miss(all.slice(visible.length));
    const size = random.chance(0.3) ? random.between(1, 3) : 1000;
    return { events: visible.slice(0, size).map(({ event }) => event), isLast: visible.length <= size };
  }

  #miss(committed: Committed[]): void {
    const { now, onMissed } = this.#options;
    for (const { visibleAt } of committed) {
      if (visibleAt <= now() || this.#missed.has(visibleAt)) continue;
      this.#missed.add(visibleAt);
      onMissed();
    }
  }
}

function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}
