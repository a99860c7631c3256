import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encode } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { damage } from '../../support/faults.js';
import { record } from '../../support/histories.js';
import { at, created, deleted, disabled, frozen, id, START } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';
import { here } from '../here.js';
import { COMMAND } from '../run.js';

const EARLY = at(START + 1000);

/** A log with three accounts: `one` holds a and b, `two` holds c, which is disabled, and is frozen; `three` holds d, of a day later. */
async function directory(): Promise<string> {
  const data = temporaryDirectory();
  const store = new SqliteEventStore(join(data, 'events.db'));
  await record(store, 'one', [created('z'), created('a'), deleted('z'), created('b')]);
  await record(store, 'two', [created('c'), disabled('c'), frozen()]);
  await record(store, 'three', [created('d')], 0);
  await store.close();
  return data;
}

const settingsOf = (data: string) => ({ KEYLEDGER_DATA: data, KEYLEDGER_STALENESS: '1s' });
const revoke = (data: string, ...args: string[]) => here(['revoke', ...args], settingsOf(data));

/** The keys that were revoked in the account's stream, with their notes. */
async function revokedIn(data: string, account: string) {
  const store = new SqliteEventStore(join(data, 'events.db'));
  const events = await eventsOf(store, streamOf('apiKeys', account));
  await store.close();
  return events.flatMap(({ type, data, metadata }) =>
    type === 'KeyDeleted' && 'reason' in data && data.reason === 'REVOKED' ? [{ ...data, actor: metadata.actor }] : [],
  );
}

const by = { reason: 'REVOKED', actor: expect.stringMatching(/^local:/) };

it('deletes one key, whoever has it, and keeps why', async () => {
  const data = await directory();
  const { code, stdout } = await revoke(data, '--key', id('c'), '--note', 'Incident 42', '--yes');
  expect(stdout).toBe(
    `This deletes 1 key of 1 account, for good: the key ${id('c')}.\n  ${id('c')} of account two: key c\nDeleted: 1 key.\nWaiting 1 s, until every server knows.\nNo server accepts any of these keys from now on.\n`,
  );
  expect(code).toBe(0);
  expect(await revokedIn(data, 'two')).toEqual([{ ...by, keyId: id('c'), note: 'Incident 42' }]);
});

it('deletes all keys of an account in one append', async () => {
  const data = await directory();
  expect(await revoke(data, '--account', 'one', '--yes')).toMatchObject({ code: 0, stderr: '' });
  expect(await revokedIn(data, 'one')).toEqual([id('a'), id('b')].map((keyId) => ({ ...by, keyId })));
  expect(await revokedIn(data, 'two')).toEqual([]);
});

it('deletes every key that was created before a time, and by default all that there is', async () => {
  const data = await directory();
  expect((await revoke(data, '--created-before', at(START), '--yes')).stdout).toBe(
    `No key matches: there is no key that was created before ${at(START)}.\n`,
  );
  const { code, stdout } = await revoke(data, '--created-before', '--yes');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('This deletes 4 keys of 3 accounts, for good') });
  for (const [account, keys] of [
    ['one', 2],
    ['two', 1],
    ['three', 1],
  ] as const)
    expect(await revokedIn(data, account)).toHaveLength(keys);
});

it('deletes a key that a clock which was ahead has dated in the future, although it is the last event', async () => {
  const data = await directory();
  const store = new SqliteEventStore(join(data, 'events.db'));
  const event = { ...created('e'), version: 1, at: at(Date.now() + 86_400_000), actor: 'owner' };
  await store.append(streamOf('apiKeys', 'four'), 0, [encode(event, 'none')]);
  await store.close();
  expect(await revoke(data, '--created-before', '--yes')).toMatchObject({ code: 0, stderr: '' });
  expect(await revokedIn(data, 'four')).toEqual([{ ...by, keyId: id('e') }]);
});

it('can be run again: nothing is written twice, and it still ends only when no server accepts the keys', async () => {
  const data = await directory();
  for (const _ of [1, 2]) await revoke(data, '--created-before', EARLY, '--yes');
  const { code, stdout } = await revoke(data, '--created-before', EARLY, '--yes');
  expect(stdout).toBe(
    `Deleted already: every key that was created before ${EARLY}.\nDeleted: 0 keys.\nWaiting 1 s, until every server knows.\nNo server accepts any of these keys from now on.\n`,
  );
  expect(code).toBe(0);
  expect(await revokedIn(data, 'one')).toHaveLength(2);
});

/** Runs the command with this answer on standard input. */
async function answered(data: string, answer: string) {
  const child = spawn(process.execPath, [COMMAND, 'revoke', '--account', 'one'], {
    env: { PATH: process.env.PATH, ...settingsOf(data) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(answer);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

it('asks first, and deletes nothing without the word yes', async () => {
  const data = await directory();
  for (const answer of ['', '\n', 'no\n', 'y\n']) {
    const { code, stdout, stderr } = await answered(data, answer);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Delete them? Type yes: ') });
    expect(stdout).toMatch(/^This deletes 2 keys of 1 account, for good.*Nothing was deleted\.\n$/s);
  }
  expect(await revokedIn(data, 'one')).toEqual([]);
  expect(await answered(data, 'yes\n')).toMatchObject({ code: 0, stdout: expect.stringContaining('Deleted: 2 keys.') });
});

it.each([
  ['nothing', []],
  ['two things', ['--account', 'one', '--key', id('a')]],
  ['all three', ['--account', 'one', '--key', id('a'), '--created-before', EARLY]],
])('refuses %s', async (_what, args) => {
  const { code, stderr } = await revoke(await directory(), ...args, '--yes');
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'keyledger: Give one of --key, --account and --created-before.\n' });
});

it.each([
  ['--key', id('y')],
  ['--account', 'nobody'],
])('says that there is no %s %s, and fails', async (option, value) => {
  const data = await directory();
  expect(await revoke(data, option, value, '--yes')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('No key matches'),
  });
});

it.each(['ask alice@example.com', `kls_${'a'.repeat(49)}`, 'x'.repeat(201)])('takes no note such as %j', async (note) => {
  const data = await directory();
  expect((await revoke(data, '--account', 'one', '--yes', '--note', note)).code).toBe(2);
  expect(await revokedIn(data, 'one')).toEqual([]);
});

it('leaves out an account that cannot be read, says so, deletes the others, and fails', async () => {
  const data = await directory();
  damage(data, 'one', 2, 'torn data');
  const { code, stderr } = await revoke(data, '--created-before', '--yes');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('apiKeys-one') });
  expect(await revokedIn(data, 'two')).toHaveLength(1);
  expect(await revokedIn(data, 'one')).toEqual([]);
});
