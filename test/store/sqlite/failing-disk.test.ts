import { statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/cleanup.js';
import { fewUnlessLong, rounds } from '../../support/long.js';
import { canMount, onSmallDisk } from '../../support/small-disk.js';
import { describeWithStrace, type Strike, striking } from '../../support/strace.js';
import { itWith } from '../../support/tools.js';
import { endOf, expectNothingLost, newLog } from './survival.js';
import { startWriter } from './writer.js';

/** How many appends the writer would make. */
const APPENDS = 20;

/** Every so many calls one is struck, from the middle on; the usual run has the middle alone. */
const STEP = rounds(1000, 7);

/** The calls by which SQLite changes files, how each fails, and how often a writer makes it. */
const FAULTS: [call: string, effect: Strike['effect'], calls: number][] = [
  ['fdatasync,fsync', 'error=EIO', 24],
  ['fdatasync,fsync', 'error=ENOSPC', 24],
  ['pwrite64', 'error=EIO', 120],
  ['pwrite64', 'error=ENOSPC', 120],
  ['ftruncate', 'error=EIO', 4],
  ['unlink', 'error=EIO', 4],
];

/** Where a writer is killed. */
const KILLS: typeof FAULTS = [
  ['fdatasync,fsync', 'signal=KILL', 24],
  ['pwrite64', 'signal=KILL', 120],
  ['ftruncate', 'signal=KILL', 2],
  ['unlink', 'signal=KILL', 2],
];

/** Every so many of the calls, the middle one among them. */
function strikes(rows: Readonly<typeof FAULTS>, step: number) {
  return rows.flatMap(([call, effect, calls]) =>
    Array.from({ length: calls }, (_, index) => 1 + index)
      .filter((count) => (count - Math.ceil(calls / 2)) % step === 0)
      .map((count) => ({ call, effect, count })),
  );
}

describeWithStrace('a disk that fails', () => {
  it.each(strikes(FAULTS, STEP))(
    'at $call with $effect, at call $count, loses nothing that was acknowledged',
    async (strike) => {
      const log = await newLog();
      const writer = startWriter(log.file, 'apiKeys-a', APPENDS, striking(strike));
      const [code] = await endOf(writer, APPENDS);
      expect(code).not.toBeNull();
      await expectNothingLost(log, writer.acknowledged(), code === 3 ? 1 : 0);
    },
  );
});

describeWithStrace('a writer that is killed', () => {
  const rows = strikes(fewUnlessLong(2, KILLS), rounds(1000, 4));
  it.each(rows)('at $call, at call $count, loses nothing that was acknowledged', async (strike) => {
    const log = await newLog();
    const writer = startWriter(log.file, 'apiKeys-a', APPENDS, striking(strike));
    const [code] = await endOf(writer, APPENDS);
    // It may make such a call less often.
    expect(code === 0 ? strike.call : 'killed').toMatch(/^(?:killed|unlink|ftruncate)$/);
    await expectNothingLost(log, writer.acknowledged(), 1);
  });
});

describe('a file that takes only a part of a write, as it may not become larger', () => {
  const limits = Array.from({ length: rounds(1, 8) }, (_, place) => 60_001 + 7_654 * place);
  itWith('prlimit').each(limits)('at byte %i of the write-ahead log, costs nothing that was acknowledged', async (limit) => {
    const log = await newLog();
    const writer = startWriter(log.file, 'apiKeys-a', APPENDS, ['prlimit', `--fsize=${limit}`]);
    expect(await endOf(writer, APPENDS)).toEqual([3, 'OUTCOME_UNKNOWN', 'fatal']);
    expect(statSync(`${log.file}-wal`).size).toBe(limit);
    expect(writer.acknowledged()).not.toEqual([]);
    await expectNothingLost(log, writer.acknowledged(), 1);
  });

  // The appends make the file two pages larger.
  const offsets = Array.from({ length: rounds(1, 4) }, (_, place) => 1_001 + 2_000 * place);
  itWith('prlimit').each(offsets)('at byte %i behind the end of the file itself, costs nothing', async (offset) => {
    const log = await newLog(400_000);
    const limit = statSync(log.file).size + offset;
    const writer = startWriter(log.file, 'apiKeys-a', APPENDS, ['prlimit', `--fsize=${limit}`]);
    expect(await endOf(writer, APPENDS)).toEqual([0]);
    expect(statSync(log.file).size).toBe(limit);
    await expectNothingLost(log, writer.acknowledged(), 0);
  });
});

(canMount() ? describe : describe.skip)('a disk that becomes full in the middle of a write', () => {
  const sizes = Array.from({ length: rounds(1, 8) }, (_, place) => 160 + 12 * place);
  it.each(sizes)('at %i KiB, costs nothing that was acknowledged', async (size) => {
    const log = await newLog();
    const left = temporaryDirectory();
    const writer = startWriter(log.file, 'apiKeys-a', APPENDS, onSmallDisk(size, log.directory, left));
    expect(await endOf(writer, APPENDS)).toEqual([4, 'STORE_UNAVAILABLE']);
    expect(writer.acknowledged()).not.toEqual([]);
    await expectNothingLost({ ...log, file: join(left, 'events.db') }, writer.acknowledged(), 0);
  });
});
