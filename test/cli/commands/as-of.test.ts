import { join } from 'node:path';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { damage, FAULTS } from '../../support/faults.js';
import { record } from '../../support/histories.js';
import { at, created, deleted, expirySet, id, START } from '../../support/specification.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

async function history() {
  const KEYLEDGER_DATA = temporaryDirectory();
  const store = new SqliteEventStore(join(KEYLEDGER_DATA, 'events.db'));
  await record(store, 'one', [created('a'), created('b'), expirySet('a', START + 5), deleted('b')]);
  await record(store, 'two', [created('c')]);
  await store.close();
  return { KEYLEDGER_DATA };
}

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('keyledger asof', () => {
  it('prints the keys of every account as they were', async () => {
    const { code, stdout } = await keyledger(['asof', '--at', at(START + 3)], await history());
    expect(code).toBe(0);
    expect(lines(stdout)).toMatchObject([
      {
        account: 'one',
        at: at(START + 3),
        keys: [
          { keyId: id('a'), couldAuthenticate: true, expiresAt: at(START + 5) },
          { keyId: id('b'), couldAuthenticate: true, expiresAt: null },
        ],
      },
      { account: 'two', keys: [{ keyId: id('c') }] },
    ]);
    expect(stdout).not.toContain('secretHash');
  });

  it('prints one account alone', async () => {
    const { stdout } = await here(['asof', '--at', at(START + 9), '--account', 'one'], await history());
    expect(lines(stdout)).toMatchObject([{ account: 'one', keys: [{ keyId: id('a'), couldAuthenticate: false }] }]);
  });

  it.each([...Object.keys(FAULTS)])(
    'leaves an account out whose stream holds %s, names it, shows the others, and fails',
    async (fault) => {
      const settings = await history();
      damage(settings.KEYLEDGER_DATA, 'one', 2, fault);
      const { code, stdout, stderr } = await here(['asof', '--at', at(START + 3)], settings);
      expect(code).toBe(1);
      expect(lines(stdout)).toMatchObject([{ account: 'two', keys: [{ keyId: id('c') }] }]);
      expect(stderr).toMatch(/^keyledger: account one is left out: ./);
    },
  );

  it('says of an account that it cannot be read, and fails', async () => {
    const settings = await history();
    damage(settings.KEYLEDGER_DATA, 'one', 2, 'an event that is missing');
    const { code, stdout, stderr } = await here(['asof', '--at', at(START + 3), '--account', 'one'], settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Events are missing from the store: restore them');
  });

  it.each([
    ['--at', 'yesterday'],
    ['--at', '9999-12-31T23:59:59-00:01'],
    ['--at', '0000-01-01T00:00:00+00:01'],
    ['--account', 'one'],
    [],
  ])('refuses %s %s', async (...args) => {
    expect((await here(['asof', ...args], await history())).code).toBe(2);
  });

  it('says that there is no log, and makes none', async () => {
    const { code, stderr } = await here(['asof', '--at', '2026-01-01'], { KEYLEDGER_DATA: temporaryDirectory() });
    expect(code).toBe(1);
    expect(stderr).toContain('There is no log');
  });
});

describe('keyledger checkpoint', () => {
  it('says that there is none where no server has signed any', async () => {
    const { code, stderr } = await here(['checkpoint'], await history());
    expect(code).toBe(1);
    expect(stderr).toContain('There is no checkpoint');
  });
});
