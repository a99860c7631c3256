import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect, idsOf, newEvent } from '../../support/events.js';
import { rounds } from '../../support/long.js';
import { startWriter } from './writer.js';

/** How many appends the writer would make. */
const APPENDS = 20;

/** Every so many calls one fails, from the middle on; the usual run has the middle alone. */
const STEP = rounds(1000, 7);

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\nTHE TESTS OF A FAILING DISK ARE SKIPPED: strace is not on the PATH, or may not trace.\n');
    return false;
  }
}

/** The calls by which SQLite changes files, how each fails, and how often a writer makes it. */
const FAULTS: [call: string, error: string, calls: number][] = [
  ['fdatasync,fsync', 'EIO', 24],
  ['fdatasync,fsync', 'ENOSPC', 24],
  ['pwrite64', 'EIO', 120],
  ['pwrite64', 'ENOSPC', 120],
  ['ftruncate', 'EIO', 4],
  ['unlink', 'EIO', 4],
];

const cases = FAULTS.flatMap(([call, error, calls]) => {
  const first = Math.ceil(calls / 2);
  return Array.from({ length: calls }, (_, index) => 1 + index)
    .filter((count) => (count - first) % STEP === 0)
    .map((count) => [call, error, count] as const);
});

(hasStrace() ? describe : describe.skip)('a disk that fails', () => {
  it.each(cases)('at %s with %s, at call %i, loses nothing that was acknowledged', async (call, error, count) => {
    const file = join(temporaryDirectory(), 'events.db');
    const before = newEvent();
    const store = new SqliteEventStore(file);
    await store.append('apiKeys-before', 0, [before]);
    await store.close();

    const expressions = [`trace=${call}`, `inject=${call}:error=${error}:when=${count}`];
    const failing = ['strace', '-f', '-o', '/dev/null', ...expressions.flatMap((expression) => ['-e', expression])];
    const writer = startWriter(file, 'apiKeys-a', APPENDS, failing);
    const [code] = await writer.ended;
    const acknowledged = writer.acknowledged();
    const said = writer.lines
      .filter((line) => line !== 'ready' && !acknowledged.includes(line))
      .map((line) => line.split(' ')[0]);
    // It did not notice; or it says that nobody knows what is on the disk, and ends; or it refuses; or it does not even start.
    expect([[0], [3, 'OUTCOME_UNKNOWN', 'fatal'], [4, 'STORE_UNAVAILABLE'], [1]]).toContainEqual([code, ...said]);
    if (code === 0) expect(acknowledged).toHaveLength(APPENDS);
    if (code === 1) expect(acknowledged).toEqual([]);

    const again = new SqliteEventStore(file);
    const ids = idsOf(await collect(again.readAll('apiKeys')));
    expect(ids.slice(0, 1 + acknowledged.length)).toEqual([before.id, ...acknowledged]);
    expect(ids.length - 1 - acknowledged.length).toBeLessThanOrEqual(code === 3 ? 1 : 0);
    await again.append('apiKeys-after', 0, [newEvent()]);
    await again.close();
    const database = new Database(file, { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });
});
