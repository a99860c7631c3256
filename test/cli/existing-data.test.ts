import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { LOG_KEY } from '../support/exports.js';
import { recordPlaces } from '../support/histories.js';
import { onTarget } from '../support/imports.js';
import { here } from './here.js';
import { keyledger } from './run.js';

/** Every command that needs what a server has left in the data directory. */
const COMMANDS = [
  'token --role auditor',
  'sign-in-link --role auditor',
  'checkpoint',
  'log-key',
  'asof --at 2026-01-01',
  'export',
  'export --usage',
  'export --projection keys',
  'replay',
  'replay --repair',
  'recover',
  'recover --accept-loss',
  'revoke --account acme --yes',
  'backup TARGET',
];

/** Directories that hold nothing of Keyledger. */
const PLACES: [what: string, make: () => string][] = [
  ['that does not exist', () => join(temporaryDirectory(), 'data')],
  ['that is empty', temporaryDirectory],
  ['of something else', otherDirectory],
  ['that is a file', () => join(otherDirectory(), 'other.db')],
];

function otherDirectory(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'other.db'), '');
  return directory;
}

describe.each(PLACES)('in a directory %s', (_what, make) => {
  it.each(COMMANDS)('%s refuses, names the place and the setting, and creates nothing', async (line) => {
    const [place, target] = [make(), join(temporaryDirectory(), 'target')];
    const before = contentOf(place);
    const args = line.split(' ').map((word) => (word === 'TARGET' ? target : word));
    const { code, stdout, stderr } = await here(args, { KEYLEDGER_DATA: place });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`${place}`) });
    expect(stderr).toMatch(/KEYLEDGER_DATA|Start the server/);
    expect(contentOf(place)).toEqual(before);
    expect(existsSync(target)).toBe(false);
  });
});

describeOwnEsdb('with the log in EventStoreDB, where there is no directory of that name', () => {
  let env: Record<string, string>;
  beforeAll(async () => {
    const server = await ownServer();
    await onTarget(server, (store) => recordPlaces(store, ['acme', 'other']));
    const keys = { KEYLEDGER_LOG_KEY: LOG_KEY, KEYLEDGER_PSEUDONYM_KEY: LOG_KEY };
    env = { ...keys, KEYLEDGER_STORE: server.connectionString, KEYLEDGER_STALENESS: '1s' };
  });

  it.each(COMMANDS.filter((line) => line !== 'export'))('%s creates nothing', async (line) => {
    const place = join(temporaryDirectory(), 'data');
    await here(line.split(' '), { ...env, KEYLEDGER_DATA: place });
    expect(existsSync(place)).toBe(false);
  });

  it.each(['export', 'export --account acme'])(
    '%s keeps there the checkpoint that it has signed, and nothing else',
    async (line) => {
      const place = join(temporaryDirectory(), 'data');
      expect(await here(line.split(' '), { ...env, KEYLEDGER_DATA: place })).toMatchObject({ code: 0 });
      expect(readdirSync(place)).toEqual([DATA_FILE.checkpoints]);
    },
  );
});

/** Undefined if there is no directory. */
function contentOf(place: string): string[] | undefined {
  return existsSync(place) && !place.endsWith('.db') ? readdirSync(place) : undefined;
}

it.each(['token', 'sign-in-link', 'recover'])('%s says what to do next', async (command) => {
  const place = join(temporaryDirectory(), 'data');
  const { stderr } = await keyledger([command, ...(command === 'recover' ? [] : ['--role', 'auditor'])], {
    KEYLEDGER_DATA: place,
  });
  expect(stderr).toBe(
    `keyledger: There is no data of Keyledger in ${place}. Set KEYLEDGER_DATA to the data directory of the server. If the server has never run, start it first.\n`,
  );
});

it.each([...Object.values(DATA_FILE).filter((name) => name !== DATA_FILE.issuerKey), 'log.db'])(
  'a directory with %s is one of Keyledger',
  async (name) => {
    const place = temporaryDirectory();
    writeFileSync(join(place, name), '');
    const env = { KEYLEDGER_DATA: place, KEYLEDGER_STORE: name === 'log.db' ? 'sqlite:log.db' : 'sqlite:' };
    expect(await here(['token', '--role', 'auditor'], env)).toMatchObject({ code: 0, stderr: '' });
  },
);
