import { Worker } from 'node:worker_threads';
import type { StoreLocation } from '../store/open.js';

/** The memory that JavaScript may use in a thread, in megabytes. Pages of events are small. */
const HEAP = 200;

/** What every thread needs that reads the log and writes to files of projections. */
export interface ThreadTask {
  dataDirectory: string;
  store: StoreLocation;
  /** Undefined if there are no analytics. */
  pseudonymKey: Uint8Array | undefined;
}

/**
 * Starts a thread that runs this program.
 * @throws Error if the system allows no further thread
 */
export function startThread(script: URL, workerData: ThreadTask): Worker {
  return new Worker(script, { workerData, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: HEAP } });
}
