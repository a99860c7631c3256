import { userInfo } from 'node:os';
import { join } from 'node:path';
import { recordRead } from '../../../src/cli/audit/record-read.js';
import { readConfig } from '../../../src/config.js';
import { openStore } from '../../../src/store/open.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { newAccount } from '../../support/cleanup.js';
import { directoryWith, LOG_KEY } from '../../support/exports.js';
import { oneUnlessLong } from '../../support/long.js';
import { readsOf } from '../../support/recorded-reads.js';
import { at, START } from '../../support/specification.js';
import { STORES, storeSettings } from '../../support/two-servers.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

const actor = `local:${userInfo().username.replace(/[^A-Za-z0-9._~|:-]/g, '_')}`;

/** The recorded reads of that account by this user's commands. */
async function recorded(env: Record<string, string>, account: string) {
  const store = await openStore(readConfig(env).store, { callLimit: 60_000 });
  const reads = await readsOf(store, actor);
  await store.close();
  return reads.filter(({ data }) => data.filter.account === account);
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('records who exported and who asked for a moment, and what', async () => {
    const KEYLEDGER_DATA = await directoryWith(['one', 'two']);
    const env = { KEYLEDGER_DATA, KEYLEDGER_LOG_KEY: LOG_KEY, ...storeSettings(connectionString) };
    const account = newAccount();
    const began = new Date().toISOString();
    expect((await keyledger(['export', '--account', account, '--from', at(START)], env)).code).toBe(0);
    expect(await here(['asof', '--account', account, '--at', at(START)], env)).toMatchObject({ code: 0, stderr: '' });
    const reads = await recorded(env, account);
    expect(reads).toMatchObject([
      { actor, data: { what: 'export', filter: { account, from: at(START) }, times: 1 } },
      { actor, data: { what: 'asof', filter: { account, at: at(START) }, times: 1 } },
    ]);
    for (const read of reads) expect(read.at >= began).toBe(true);
  });
});

it('exports a sealed log all the same, which takes no record, and says so', async () => {
  const KEYLEDGER_DATA = await directoryWith(['one', 'two']);
  const env = { KEYLEDGER_DATA, KEYLEDGER_LOG_KEY: LOG_KEY };
  const { stdout } = await here(['export'], env);
  const log = openLog(join(KEYLEDGER_DATA, 'events.db'));
  log.exec("CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'refused'); END");
  log.close();
  expect(await here(['export'], env)).toEqual({
    code: 0,
    stdout,
    stderr: expect.stringContaining('keyledger: this read could not be recorded'),
  });
});

it('shows nothing before the record is durable', async () => {
  const KEYLEDGER_DATA = await directoryWith(['one']);
  const store = await openStore(readConfig({ KEYLEDGER_DATA }).store);
  await recordRead(store, 'export', { account: 'one' });
  expect(await recorded({ KEYLEDGER_DATA }, 'one')).toHaveLength(1);
  await store.close();
});

it('shows nothing where the record fails for any other reason, and says so', async () => {
  const KEYLEDGER_DATA = await directoryWith(['one']);
  const log = openLog(join(KEYLEDGER_DATA, 'events.db'));
  log.exec("ALTER TABLE events ADD COLUMN spare TEXT CHECK (category <> 'apiKeyReads')");
  log.close();
  expect(await here(['asof', '--at', at(START)], { KEYLEDGER_DATA })).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('Nothing is shown, because this read cannot be recorded'),
  });
});
