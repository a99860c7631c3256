import { join } from 'node:path';
import { Backoff } from '../../shared/backoff.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { hasCode } from '../../shared/error-code.js';
import { isThere } from '../../shared/is-there.js';
import Database from '../../shared/sqlite.js';
import { isLocked, untilUnlocked } from '../../shared/until-unlocked.js';
import { type EventStore, StoreUnavailable } from '../../store/event-store.js';
import { BATCH, type BatchLimit } from './batches.js';
import type { Connection } from './connection.js';
import { isDamage } from './damage.js';
import type { FileInFilling, FillLog, IsOfThisLog, LeftOut } from './file-in-filling.js';
import { Generations } from './generations.js';
import { NewFile, OtherVersion } from './new-file.js';
import { type PassOptions, pass } from './pass.js';
import { difference, firstEvent, type Source } from './position.js';
import { PresentFile } from './present-file.js';
import type { Projection } from './projection.js';

/** If a pass reads fewer events than this, the process that opens the file can apply the rest. */
const NEARLY_NONE = 1000;

/** The file that takes its place before the others are ready: verification and changes need no other. */
export const FIRST = DATA_FILE.keys;

/**
 * How much of each new file is kept in memory while it is filled, in KiB. Key ids are random, so the file of keys is written all over; the
 * others mostly grow at their ends.
 */
const CACHE_KIB = { keys: 64 * 1024, others: 24 * 1024 };

/** How long a fill waits for another process before it says so, in milliseconds. */
const SAY_SO_AFTER = 10_000;

/** How often in a row the store may be away before a fill is given up, and the waits between the tries. */
const FAILURES = 10;
const BACKOFF = { first: 100, longest: 5000 };

/** A file that is to be filled. */
export interface FillRequest {
  /** Its name in the data directory. */
  file: string;
  /** The projections that are filled from the log. The others are taken over from the present file, as far as possible. */
  projections: readonly string[];
  /** Which file had the name when the request was made. If another has it by now, nothing is done. */
  seen: string | undefined;
  /** True: the present file, which is sound, is brought to the end of the log, instead of a new one. */
  inPlace?: boolean;
}

/** Creates the projections of a file, given its name, over a database. */
export type MakeProjections = (file: string) => (database: Connection) => Record<string, Projection>;

export interface FillOptions {
  directory: string;
  store: EventStore;
  make: MakeProjections;
  log: FillLog;
  signal?: AbortSignal | undefined;
  /** How long to wait for another process that fills before that is logged, in milliseconds. */
  saySoAfter?: number;
}

/** What became of the requests. */
export interface Filled {
  failures: FillFailure[];
  leftOut: LeftOut[];
}

/** A file that could not be filled. */
export interface FillFailure {
  file: string;
  reason: string;
  /** True if its present file, which was to be brought to the end of the log, is damaged. */
  isDamage: boolean;
}

/**
 * Fills new files from the log and puts them in the place of the present ones. One pass over a category feeds all of its projections. Only
 * one process of a data directory does so at a time; the others wait. If a file cannot be filled, the present one stays.
 * @throws StoreUnavailable, the signal's reason; then the present files stay, but for the first one if that was ready
 */
export async function fill(requests: readonly FillRequest[], options: FillOptions): Promise<Filled> {
  const { directory } = options;
  return whileNobodyFills(options, async () => {
    const due = requests.filter(({ file, seen }) => new Generations(directory, file).present() === seen);
    return due.length > 0 ? fillUnderLock(due, options) : { failures: [], leftOut: [] };
  });
}

/** Runs the work once no other process of this data directory fills files, and as long as none begins to. */
export async function whileNobodyFills<T>(options: FillOptions, work: () => Promise<T>): Promise<T> {
  const unlock = await lockFilling(options);
  try {
    return await work();
  } finally {
    unlock();
  }
}

/** Deletes the files that a process has left behind, unless one is filling now. */
export function sweepFiles(directory: string, files: readonly string[]): void {
  try {
    const lock = new Database(join(directory, DATA_FILE.filling), { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      for (const file of files) new Generations(directory, file).sweep();
    } finally {
      lock.close();
    }
  } catch {
    // The next start tries again.
  }
}

/** True if a process of this data directory fills files now. */
export function isFilling(directory: string): boolean {
  const file = join(directory, DATA_FILE.filling);
  if (!isThere(file)) return false;
  const database = new Database(file, { readonly: true, timeout: 0 });
  try {
    database.pragma('schema_version');
    return false;
  } catch (error) {
    if (!isLocked(error)) throw error;
    return true;
  } finally {
    database.close();
  }
}

/** Fills the files, whichever have their names. Call it in `whileNobodyFills`. */
export async function fillUnderLock(requests: readonly FillRequest[], options: FillOptions): Promise<Filled> {
  const { store, log, signal } = options;
  const start = performance.now();
  const source = { store, first: await firstEvent(store) };
  const files = new Map<string, FileInFilling>();
  const failures: FillFailure[] = [];
  try {
    for (const request of requests) {
      try {
        files.set(request.file, await begin(request, options, source));
      } catch (error) {
        if (!hasCode(error, 'SQLITE_') && !(error instanceof OtherVersion)) throw error;
        failures.push(failureOf(request, error));
      }
    }
    const batch = requests.some(({ inPlace }) => inPlace) ? BATCH.transaction : BATCH.part;
    const events = await fillAll(files, source, batch, signal);
    for (const request of requests) {
      const failure = files.get(request.file)?.failure;
      if (failure !== undefined) failures.push(failureOf(request, failure));
    }
    const filled = [...files].filter(([, { failure }]) => failure === undefined);
    const milliseconds = Math.round(performance.now() - start);
    const names = filled.map(([file]) => file);
    if (names.length > 0) log.info({ files: names, events, milliseconds }, 'the projections are filled from the log');
    return { failures, leftOut: filled.flatMap(([, { leftOut }]) => leftOut) };
  } finally {
    for (const file of files.values()) file.discard();
  }
}

/** Reads the log, and lets the files take their places: one before the indexes of the others are created. Returns the number of events. */
async function fillAll(
  files: ReadonlyMap<string, FileInFilling>,
  source: Source & { store: EventStore },
  batch: BatchLimit,
  signal: AbortSignal | undefined,
): Promise<number> {
  const all = [...files].map(([name, file]) => ({ isFirst: name === FIRST, file, travellers: file.travellers(source) }));
  const readOn = (reading: typeof all) =>
    readAll({ store: source.store, travellers: reading.flatMap(({ travellers }) => travellers), batch, signal });
  const others = all.filter(({ isFirst }) => !isFirst);
  const steps = [
    { due: all.filter(({ isFirst }) => isFirst), reading: all },
    { due: others, reading: others },
  ];
  let events = await readOn(all);
  for (const { due, reading } of steps.filter((step) => step.due.length > 0)) {
    for (const { file } of due) await file.createIndexes(signal);
    // That takes as long as the log is long, so it may have grown.
    events += await readOn(reading);
    for (const { file } of due) await file.publish();
  }
  return events;
}

function failureOf({ file, inPlace = false }: FillRequest, error: unknown): FillFailure {
  return { file, reason: String(error), isDamage: inPlace && isDamage(error) };
}

async function begin(
  { file, projections, inPlace = false }: FillRequest,
  { directory, make, log }: FillOptions,
  source: Source & { store: EventStore },
): Promise<FileInFilling> {
  const generations = new Generations(directory, file);
  generations.sweep();
  const options = { generations, make: make(file), log };
  const isOfThisLog: IsOfThisLog = async (projection, saved) => {
    try {
      return !(await difference(source, projection, saved));
    } catch (cause) {
      // Otherwise damage of the log would be taken for damage of the file.
      throw hasCode(cause, 'SQLITE_') ? new StoreUnavailable({ cause }) : cause;
    }
  };
  const cacheKib = file === DATA_FILE.keys ? CACHE_KIB.keys : CACHE_KIB.others;
  const filling = inPlace ? new PresentFile(options) : new NewFile({ ...options, cacheKib });
  try {
    if (filling instanceof PresentFile) await filling.choose(isOfThisLog);
    else await filling.takeOver(projections, isOfThisLog);
    return filling;
  } catch (error) {
    filling.discard();
    throw error;
  }
}

/** Passes over the log until nearly nothing is left; goes on where it was when the store was away. Returns the number of events. */
async function readAll(options: Omit<PassOptions, 'onRead'>): Promise<number> {
  const backoff = new Backoff(BACKOFF);
  let [events, before, failures] = [0, 0, 0];
  const onRead = (count: number) => {
    events += count;
    failures = 0;
    backoff.reset();
  };
  for (;;) {
    try {
      await pass({ ...options, onRead });
      if (events - before < NEARLY_NONE) return events;
      before = events;
    } catch (error) {
      failures += 1;
      if (!(error instanceof StoreUnavailable) || failures > FAILURES) throw error;
      await backoff.wait(options.signal);
    }
  }
}

/** Waits until no other process of this data directory fills. Returns what ends the lock; so does the end of the process. */
async function lockFilling({ directory, log, signal, saySoAfter = SAY_SO_AFTER }: FillOptions): Promise<() => void> {
  const file = join(directory, DATA_FILE.filling);
  const sayWhy = () =>
    log.warn({ file }, 'another process fills the projections, and this one waits until it has finished or ended');
  const lock = new Database(file, { timeout: 0 });
  const timer = setTimeout(sayWhy, saySoAfter);
  try {
    await untilUnlocked(() => lock.exec('BEGIN EXCLUSIVE'), signal);
    return () => lock.close();
  } catch (error) {
    lock.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
