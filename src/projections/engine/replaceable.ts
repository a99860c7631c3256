import type { EventStore } from '../../store/event-store.js';
import type { LeftOut } from './file-in-filling.js';
import type { Source } from './position.js';

/** A log to read from, and how it begins. */
export type Log = Source & { store: EventStore };

/** An open file of projections whose place another file can take. */
export interface Replaceable {
  /** True if its tables are empty only because the file cannot be used. They must not be filled. */
  readonly isStandIn: boolean;
  /** The file that is in use, by its name in the data directory; undefined while others stand in for its tables. */
  readonly inUse: { file: string; seen: string } | undefined;
  /** Calls the listener whenever the tables are lost: at once, before anything is read from those that stand in for them. */
  onLost(listener: () => void): void;
  /** Calls the listener with what this process has left out whenever it has filled tables. */
  onFilled(listener: (leftOut: readonly LeftOut[]) => void): void;
  /** Call it with the reason if the file is found damaged by somebody who reads it on another connection. A new one is then filled. */
  lose(error: unknown): void;
  /** Uses the file that has the name by now, once that holds all that the open one holds. */
  look(log: Log): void;
  /**
   * Has a new file filled, and uses it. `signal` ends the waits.
   * @param projection the one that needs it; it is filled from event zero
   */
  refill(projection: string, log: Log, signal: AbortSignal): Promise<void>;
  /** Has the tables, which are sound, brought to the end of the log. `signal` ends the waits. */
  catchUp(log: Log, signal: AbortSignal): Promise<void>;
}
