import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { COMMAND, type Outcome, run } from '../cli/run.js';
import { newGround } from '../support/attempts.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { fewUnlessLong } from '../support/long.js';
import { itUnprivileged, PLAIN } from '../support/read-only.js';

let ground: Awaited<ReturnType<typeof newGround>>;
beforeAll(async () => {
  ground = await newGround();
});

function copyOf(directory: string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Those that read an existing log or another file of a data directory. */
const READERS = [
  'export',
  'serve',
  'export --usage',
  'export --projection keys',
  'checkpoint',
  'log-key',
  'asof --at 2026-01-01',
  'replay',
  'backup TARGET',
  'recover',
  'revoke --account a --yes',
  'import',
  'token --role auditor',
];

/** Runs the command as a user who has only the permissions that the modes of files give. */
function attempt(line: string, dataDirectory: string, places: Record<string, string> = {}): Promise<Outcome> {
  const args = line.split(' ').map((word) => places[word] ?? word);
  const [program = '', ...before] = [...PLAIN, process.execPath, COMMAND];
  const settings = {
    KEYLEDGER_DATA: dataDirectory,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...(line === 'import' && { KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' }),
  };
  return run(program, [...before, ...args], settings);
}

/** The message for a path below that place. */
function refusedAt(place: string) {
  const message = `keyledger: ${place}\\S* cannot be read: EACCES: permission denied, \\w+ '${place}\\S*'\\. Let the user who runs Keyledger read it\\.\\n`;
  return { code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^${message}$`)) };
}

describe('in a data directory that only another user may read', () => {
  itUnprivileged.each(READERS)('%s says so, and what to do', async (line) => {
    const place = copyOf(ground.filled);
    chmodSync(place, 0);
    const outcome = await attempt(line, place, { TARGET: join(temporaryDirectory(), 'target') });
    chmodSync(place, 0o700);
    expect(outcome).toEqual(refusedAt(place));
  });
});

describe('with a log that only another user may read', () => {
  itUnprivileged.each(
    fewUnlessLong(
      2,
      READERS.slice(0, -1).filter((line) => !/checkpoint|projection/.test(line)),
    ),
  )('%s says so, and what to do', async (line) => {
    const place = copyOf(ground.filled);
    chmodSync(join(place, DATA_FILE.log), 0);
    const outcome = await attempt(line, place, { TARGET: join(temporaryDirectory(), 'target') });
    expect(outcome).toEqual(refusedAt(join(place, DATA_FILE.log)));
  });
});

itUnprivileged('a backup that only another user may read is not called incomplete', async () => {
  const place = copyOf(ground.backup);
  chmodSync(place, 0);
  const outcome = await attempt('restore BACKUP', join(temporaryDirectory(), 'new'), { BACKUP: place });
  chmodSync(place, 0o700);
  expect(outcome).toEqual(refusedAt(place));
});

itUnprivileged.each([
  ['demo', '.', 'scandir'],
  ['export', DATA_FILE.checkpoints, 'open'],
])('%s asks for no permission to write where it may not read %s', async (line, name, call) => {
  const place = copyOf(ground.filled);
  const path = join(place, name);
  chmodSync(path, 0);
  const { code, stderr } = await attempt(line, place);
  chmodSync(path, 0o700);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `keyledger: EACCES: permission denied, ${call} '${path}'. Let this user read it, then run the command again.\n`,
  });
});
