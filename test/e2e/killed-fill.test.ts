import { once } from 'node:events';
import { cpSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeEvents } from '../bench/support/lost-files.js';
import { here } from '../cli/here.js';
import { COMMAND } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { complaintsIn } from '../support/complaints.js';
import { withProjections } from '../support/late-projections.js';
import { isLong } from '../support/long.js';
import { renameTables } from '../support/older-tables.js';
import { PROJECTION_FILES, type ProjectionFile } from '../support/projection-files.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';
import { describeWithStrace, momentsIn, type Strike, spread, striking, watching } from '../support/strace.js';
import { type HeldKey, statusOf } from '../support/verify.js';
import { openFilledWorld } from '../support/world.js';

/** So many that a start has the files filled by a thread, and that SQLite writes before the commit. */
const EVENTS = 2000;

/** At how many moments a server is killed in the long run, for each choice of files. */
const KILLS = 20;

/** The files that are filled anew. While the file of keys is sound, keys are created and deleted meanwhile. */
const FILES: [what: string, files: readonly ProjectionFile[]][] = [
  ['all files but that of keys', ['projections.db', 'analytics.db']],
  ['all files', PROJECTION_FILES],
];

/** A key, and what verification may answer for it. */
interface Known {
  held: HeldKey;
  statuses: number[];
}

let filled: string;
let before: Known[];
beforeAll(async () => {
  filled = join(temporaryDirectory(), 'filled');
  writeEvents(filled, EVENTS);
  const world = await openFilledWorld({ dataDirectory: filled });
  const owner = await world.client({});
  const [held, deleted] = [await owner.newKey(), await owner.newKey()];
  await owner.deleteKey(deleted.key.keyId);
  await untilFilled(world);
  await world.stop();
  before = [
    { held, statuses: [200] },
    { held: deleted, statuses: [401] },
  ];
});

/** A copy in which these files have the tables of an older version, so that a server fills them anew. */
function directoryWithOld(files: readonly ProjectionFile[]): string {
  const directory = join(temporaryDirectory(), 'old');
  cpSync(filled, directory, { recursive: true, verbatimSymlinks: true });
  for (const name of files) withProjections(directory, name, renameTables);
  return directory;
}

function startUnder(wrapper: string[], directory: string): Promise<Server> {
  return startServer(directory, {}, undefined, [], [...wrapper, process.execPath, COMMAND]);
}

/** The calls by which a server changes the files that it fills. */
async function momentsOf(files: readonly ProjectionFile[]): Promise<Strike[]> {
  const [directory, calls] = [directoryWithOld(files), join(temporaryDirectory(), 'calls')];
  const server = await startUnder(watching(calls), directory);
  await untilFilled(server);
  expect(await server.end('SIGTERM')).toBe(0);
  const moments = files.flatMap((name) => momentsIn(calls, `${name}.`));
  return [...new Map(moments.map((moment) => [`${moment.call} ${moment.count}`, moment])).values()];
}

/** Creates and deletes keys until the server is gone. Returns what was acknowledged. */
async function changeUntilGone(server: Server): Promise<Known[]> {
  const changed: Known[] = [];
  const owner = await server.client();
  try {
    for (;;) {
      const known = { held: await owner.newKey(), statuses: [200] };
      changed.push(known);
      known.statuses = [200, 401];
      await owner.deleteKey(known.held.key.keyId);
      known.statuses = [401];
    }
  } catch {
    return changed;
  }
}

/** How a server ended that was struck as it filled: with a code or by a signal, or before it served. */
interface Struck {
  end: number | string | null;
  output: string;
  /** What it acknowledged meanwhile. */
  changed: Known[];
}

/** Starts a server that is struck as it fills, and tells it to end once all is filled. */
async function fillStruck(directory: string, strike: Strike): Promise<Struck> {
  const started = await startUnder(striking(strike), directory).catch((error: Error) => error.message);
  if (typeof started === 'string') return { end: 'before it served', output: started, changed: [] };
  const exited = once(started.process, 'exit');
  const changing = changeUntilGone(started);
  const isFilled = await Promise.race([exited.then(() => false), untilFilled(started).catch(() => false)]);
  if (isFilled) await started.end('SIGTERM');
  const [code, signal] = await exited;
  return { end: signal ?? code, output: started.output(), changed: await changing };
}

/** Expects that a server opens, fills what is missing, and has lost nothing, and that nothing is left behind. */
async function expectSound(directory: string, known: readonly Known[]): Promise<void> {
  const world = await openFilledWorld({ dataDirectory: directory });
  for (const { held, statuses } of known) expect(statuses).toContain(await statusOf(world, held));
  expect(complaintsIn(world.log())).toEqual([]);
  await world.stop();
  expect(await here(['replay'], { KEYLEDGER_DATA: directory })).toMatchObject({ code: 0, stderr: '' });
  const left = readdirSync(directory).filter((name) => /\.db\.[0-9a-f]{8}$|^rebuilt-/.test(name));
  const used = PROJECTION_FILES.map((name) => basename(realpathSync(join(directory, name))));
  expect(left.filter((name) => !used.includes(name))).toEqual([]);
}

/** Strikes a server at each moment. */
async function strikeEach(files: readonly ProjectionFile[], moments: Strike[]): Promise<Struck[]> {
  const all: Struck[] = [];
  for (const moment of moments) {
    const directory = directoryWithOld(files);
    const struck = await fillStruck(directory, moment);
    all.push(struck);
    await expectSound(directory, [...before, ...struck.changed]).catch((error: unknown) => {
      throw new Error(`Struck at call ${moment.count} of ${moment.call} with ${moment.effect}: ${error}`, { cause: error });
    });
  }
  return all;
}

/** In the usual run: a write in the middle of a fill, and as the first file gets its name. */
const USUAL: Strike[] = [
  { call: 'pwrite64', count: 300, effect: 'signal=KILL' },
  { call: '?rename,?renameat,?renameat2', count: 1, effect: 'signal=KILL' },
];

describeWithStrace('a server that fills its projections anew', () => {
  it.each(isLong ? FILES : FILES.slice(0, 1))(
    '%s, and is killed, has lost nothing, and fills them at the next start',
    async (_what, files) => {
      const moments = isLong ? spread(await momentsOf(files), KILLS) : USUAL;
      const struck = await strikeEach(files, moments);
      const kills = struck.filter(({ end }) => end === 'SIGKILL' || end === 'before it served').length;
      expect(kills).toBeGreaterThan(moments.length / 2);
      if (isLong) process.stdout.write(`killed at ${kills} of ${moments.length} moments of a fill\n`);
    },
  );
});
