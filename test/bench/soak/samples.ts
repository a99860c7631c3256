import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DATA_FILE } from '../../../src/shared/data-files.js';
import { parseExposition, valueIn } from '../../support/exposition.js';
import { ask } from '../../support/http.js';

/** What is looked at, with its unit. */
export const SERIES = {
  residentMemory: 'MiB',
  heapUsed: 'MiB',
  openFiles: 'file descriptors',
  walEvents: 'MiB',
  walKeys: 'MiB',
  walProjections: 'MiB',
  walAnalytics: 'MiB',
  loopDelayP99: 'ms',
  loopDelayMax: 'ms',
} as const;
export type Series = keyof typeof SERIES;

/** The values at one moment. One that the server did not tell, because it was being restarted, is missing. */
export interface Sample extends Partial<Record<Series, number>> {
  /** Since the start of the run. */
  seconds: number;
}

/** The files whose write-ahead logs are looked at. After a rebuild, their names have a suffix. */
const FILES = {
  walEvents: DATA_FILE.log,
  walKeys: DATA_FILE.keys,
  walProjections: DATA_FILE.projections,
  walAnalytics: DATA_FILE.analytics,
};

const MIB = 2 ** 20;

/** How long the server may take to tell, in milliseconds. */
const PATIENCE = 4000;

/** Looks at the server. The delay of its event loop is that since the last look. */
export async function takeSample(url: string, dataDirectory: string, seconds: number): Promise<Sample> {
  const told = await Promise.race([metricsOf(url).catch(() => ({})), delay(PATIENCE, {}, { ref: false })]);
  return { seconds, ...walSizes(dataDirectory), ...told };
}

async function metricsOf(url: string): Promise<Partial<Record<Series, number>>> {
  const families = parseExposition((await ask(`${url}/metrics`)).body);
  return {
    residentMemory: valueIn(families, 'process_resident_memory_bytes') / MIB,
    heapUsed: valueIn(families, 'nodejs_heap_size_used_bytes') / MIB,
    openFiles: valueIn(families, 'process_open_fds'),
    loopDelayP99: 1000 * valueIn(families, 'nodejs_eventloop_lag_p99_seconds'),
    loopDelayMax: 1000 * valueIn(families, 'nodejs_eventloop_lag_max_seconds'),
  };
}

function walSizes(dataDirectory: string): Partial<Record<Series, number>> {
  const logs = readdirSync(dataDirectory).filter((name) => name.endsWith('-wal'));
  const sizes = Object.entries(FILES).map(([series, file]) => {
    const own = logs.filter((name) => name.startsWith(file));
    return [series, own.reduce((sum, name) => sum + sizeOf(join(dataDirectory, name)), 0) / MIB];
  });
  return Object.fromEntries(sizes);
}

/** A rebuild may have deleted it meanwhile. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
