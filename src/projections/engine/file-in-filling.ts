import type { Connection } from './connection.js';
import type { Generations } from './generations.js';
import type { Traveller } from './pass.js';
import type { SavedPosition, Source } from './position.js';
import type { Projection } from './projection.js';
import type { UnreadLog } from './report-unread.js';

/** Takes messages about what was filled. A logger is one. */
export interface FillLog extends UnreadLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface FileInFillingOptions {
  generations: Generations;
  /** Creates all projections of the file over a database. */
  make: (database: Connection) => Record<string, Projection>;
  log: FillLog;
}

/** Tells whether a projection's rows, with that saved position, come from the log that is read. */
export type IsOfThisLog = (projection: Projection, saved: SavedPosition) => Promise<boolean>;

/** How many events a projection could not read, and left out. */
export interface LeftOut {
  projection: string;
  events: number;
  /** True if it was filled from event zero: these are then all that are left out. */
  ofAll: boolean;
}

/** A file of projections on its way to the end of the log. */
export interface FileInFilling {
  /** Why it cannot be filled; undefined if it can. */
  readonly failure: unknown;
  readonly leftOut: LeftOut[];
  /** Its projections, which take events from the log. After a failure they ignore them. */
  travellers(source: Source): Traveller[];
  /** Call it after the first pass over the log. @throws the signal's reason if that aborts */
  createIndexes(signal: AbortSignal | undefined): Promise<void>;
  /** Lets everybody use what was filled, unless that has failed. */
  publish(): Promise<void>;
  /** Closes it. What was not published is thrown away. */
  discard(): void;
}
