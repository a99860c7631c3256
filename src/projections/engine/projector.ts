import type { LeftOut } from './file-in-filling.js';
import type { FirstEvent } from './position.js';

/** Fewer events than this are applied by the thread that reads them: a quiet server needs no other thread. */
export const MANY = 100;

/** Events that are to be applied to tables which already hold those before them. */
export interface ProjectRequest {
  /** The name of the tables' file in the data directory. */
  file: string;
  /** Identifies the file that had the name when the request was made. If another has it by now, nothing is applied. */
  seen: string;
  projection: string;
  /** The position of the last event to apply. */
  upTo: number;
  /** The event with which the log begins that the caller has recognised. */
  first: FirstEvent | undefined;
}

/**
 * Applies events beside the thread that answers requests, as far as it can. The caller looks at the tables afterwards and applies what is
 * missing: so it finds out what is wrong.
 */
export interface Projector {
  /** Resolves with what it has left out once it has done what it can, in seconds at most. Never rejects. */
  project(request: ProjectRequest): Promise<LeftOut[]>;
}
