import type { ErrorCode } from '../../shared/error-codes.js';

/** The state of a running projection. */
export interface ProjectionStatus {
  name: string;
  /** The position of the last applied event. */
  position: number;
  /** How many milliseconds ago it held all that the log held; undefined if no such time is known. */
  age: number | undefined;
  /** Why it is stuck; undefined if it is not. The process's log has details. */
  failure: ErrorCode | undefined;
  /** The number of accounts in quarantine. */
  quarantined: number;
  /** The number of unreadable events that this process has left out. */
  leftOut: number;
}
