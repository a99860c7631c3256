import type { Logger } from 'pino';
import { fill, sweepFiles } from '../projections/engine/fill.js';
import { type Filler, FillQueue } from '../projections/engine/filler.js';
import { ReplaceableFile } from '../projections/engine/replaceable-file.js';
import type { OpenFile } from '../projections/open-files.js';
import { projectionsOf } from '../projections/projections-of.js';
import { DATA_FILE } from '../shared/data-files.js';
import type { EventStore } from '../store/event-store.js';
import { FillingThread, type FillingThreadOptions } from './filling-thread.js';

export interface FillingOptions extends FillingThreadOptions {
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Fill in this thread, from this store, instead of a thread and a store of their own. */
  here: EventStore | undefined;
}

/** Opens files of projections, and fills new ones when they are needed. */
export interface Filling {
  open: OpenFile;
  /** Resolves when nothing is being filled any more. Files that are not complete are thrown away. */
  stop(): Promise<void>;
}

export function openFilling({ here, ...options }: FillingOptions): Filling {
  const { dataDirectory: directory, log } = options;
  const stop = new AbortController();
  const filler = here ? fillingHere(here, options) : new FillingThread(options);
  const queue = new FillQueue({ filler, signal: stop.signal });
  sweepFiles(directory, [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics]);
  return {
    async open(name, make) {
      const file = await ReplaceableFile.open({ directory, name, make, log, fill: (request) => queue.fill(request) });
      return file.opened;
    },
    async stop() {
      stop.abort();
      await queue.ended();
    },
  };
}

/** Fills files in the thread of the caller, which does other work between batches. */
function fillingHere(store: EventStore, { dataDirectory: directory, pseudonymKey, log }: FillingThreadOptions): Filler {
  const make = projectionsOf(pseudonymKey);
  return { fill: (requests, signal) => fill(requests, { directory, store, make, log, signal }) };
}
