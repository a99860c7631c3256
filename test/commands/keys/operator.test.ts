import { AccountNotFound, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { decode } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { openCommands } from '../../support/commands.js';
import { record } from '../../support/histories.js';
import { untilMidway } from '../../support/midway.js';
import { at, created, deleted, frozen, id, START, thawed } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';

const NOW = START + 1000;
const olga = () => ({ actor: 'olga', correlationId: 'incident', since: performance.now() });

/** An account with two keys, a and b, and the commands of operators. */
async function withAccount() {
  const log = new SqliteEventStore(':memory:');
  const account = newAccount();
  await record(log, account, [created('a'), created('b')]);
  const { operators, store, projected } = openCommands({ log, clock: () => NOW });
  await projected();
  const events = () => eventsOf(log, streamOf('apiKeys', account));
  return { log, account, operators, store, added: async () => (await events()).slice(2) };
}

const by = { at: at(NOW), actor: 'olga' };
const revoked = (letter: string) => deleted(letter, { reason: 'REVOKED', note: 'why' });

describe('an operator', () => {
  it('revokes a key, whichever account has it, with a note', async () => {
    const { operators, account, added } = await withAccount();
    const revocation = await operators.revokeKey(olga(), id('a'), 'why');
    expect(revocation).toMatchObject({ accountId: account, keyIds: [id('a')], deletedAt: NOW, account: { version: 3 } });
    expect([...revocation.account.keys.keys()]).toEqual([id('b')]);
    const events = await added();
    expect(events.map(decode)).toMatchObject([{ ...revoked('a'), ...by }]);
    expect(events).toMatchObject([{ metadata: { correlationId: 'incident' } }]);
  });

  it('revokes a key of which this process has not heard yet', async () => {
    const { operators, store, log } = await withAccount();
    store.stopped = true;
    const account = newAccount();
    await record(log, account, [created('c')]);
    const revocation = operators.revokeKey(olga(), id('c'), undefined);
    await untilMidway(revocation, async () => (await eventsOf(log, streamOf('apiKeys', account))).length === 2);
    store.goOn();
    expect(await revocation).toMatchObject({ accountId: account, keyIds: [id('c')] });
  });

  it('is told of a key that never was or is no longer', async () => {
    const { operators, added } = await withAccount();
    await expect(operators.revokeKey(olga(), id('z'), undefined)).rejects.toThrow(KeyNotFound);
    await operators.revokeKey(olga(), id('a'), undefined);
    await expect(operators.revokeKey(olga(), id('a'), undefined)).rejects.toThrow(KeyNotFound);
    expect(await added()).toHaveLength(1);
  });

  it('revokes all keys of an account in one append, and is told which', async () => {
    const { operators, account, added } = await withAccount();
    const revocation = await operators.revokeAccountKeys(olga(), account, 'why');
    expect(revocation).toMatchObject({ accountId: account, keyIds: [id('a'), id('b')], deletedAt: NOW });
    expect(revocation.account).toMatchObject({ version: 4, keys: new Map() });
    expect((await added()).map(decode)).toMatchObject([
      { ...revoked('a'), ...by },
      { ...revoked('b'), ...by },
    ]);
  });

  it('revokes none where none is left', async () => {
    const { operators, account, added } = await withAccount();
    await operators.revokeAccountKeys(olga(), account, undefined);
    expect(await operators.revokeAccountKeys(olga(), account, undefined)).toMatchObject({ accountId: account, keyIds: [] });
    expect(await added()).toHaveLength(2);
  });

  it('freezes an account and thaws it, and changes nothing where it is so already', async () => {
    const { operators, account, added } = await withAccount();
    const freeze = () => operators.freeze(olga(), account, { type: 'FreezeAccount', note: 'why' });
    for (const _ of ['once', 'twice']) {
      expect(await freeze()).toMatchObject({ accountId: account, account: { version: 3, frozenAt: NOW } });
    }
    const { account: thawn } = await operators.freeze(olga(), account, { type: 'ThawAccount' });
    expect(thawn).toMatchObject({ version: 4, frozenAt: undefined });
    expect((await added()).map(decode)).toMatchObject([
      { ...frozen('why'), ...by },
      { ...thawed(), ...by },
    ]);
  });

  it('is told of an account that never held a key', async () => {
    const { operators } = await withAccount();
    await expect(operators.revokeAccountKeys(olga(), newAccount(), undefined)).rejects.toThrow(AccountNotFound);
    await expect(operators.freeze(olga(), newAccount(), { type: 'FreezeAccount' })).rejects.toThrow(AccountNotFound);
  });
});
