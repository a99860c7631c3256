import type { KeyCommand, KeyEvent } from '../../../src/domain/keys/model.js';
import { ExpiryInThePast, KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { latecomer } from '../../support/latecomer.js';
import {
  create,
  created,
  deleted,
  disable,
  disabled,
  enable,
  enabled,
  id,
  remove,
  rename,
  renamed,
  rotate,
  START,
} from '../../support/specification.js';
import { FormerLeader } from '../../support/store-doubles.js';

describe('a command that a late process would refuse is decided on what the stream holds', () => {
  const full = [created('a'), created('b')];
  it.each<[what: string, events: KeyEvent[], known: number, command: KeyCommand, written: string[]]>([
    ['a create after a deletion', [...full, deleted('a')], 2, create('c'), ['KeyCreated']],
    [
      'a rotation with an overlap after a deletion',
      [...full, deleted('a')],
      2,
      rotate('b', 'c', { overlap: 60 }),
      ['KeyCreated', 'KeyExpirySet'],
    ],
    ['the deletion of a key that came since', [created('a')], 0, remove('a'), ['KeyDeleted']],
    ['the deletion of a leaked key that came since', full, 1, remove('b', 'LEAKED'), ['KeyDeleted']],
    ['an enabling after it was disabled', [created('a'), disabled('a')], 1, enable('a'), ['KeyEnabled']],
    ['a disabling after it was enabled', [created('a'), disabled('a'), enabled('a')], 2, disable('a'), ['KeyDisabled']],
    ['a rename after another one', [created('a'), renamed('a', 'new')], 1, rename('a', 'key a'), ['KeyRenamed']],
    [
      'a rotation after it was enabled',
      [created('a'), disabled('a'), enabled('a')],
      2,
      rotate('a', 'c'),
      ['KeyDeleted', 'KeyCreated'],
    ],
    ['the rotation of a key that came since', full, 1, rotate('b', 'c'), ['KeyDeleted', 'KeyCreated']],
  ])('%s', async (_what, events, known, command, expected) => {
    const { handle, written, store } = await latecomer(events, known);
    await handle(command);
    expect(await written()).toEqual(expected);
    expect(store.calls.slice(0, 2)).toEqual(['read', 'append']);
  });
});

describe('a command that a former leader would refuse is decided on what its cluster holds', () => {
  const events = [created('a'), created('b'), deleted('a')];
  it.each<[what: string, known: number, calls: string[]]>([
    ['where the process knows as much', 2, ['requireLeader', 'requireLeader', 'read', 'append']],
    ['where it knows less', 1, ['append', 'read', 'requireLeader', 'requireLeader', 'read', 'append']],
  ])('%s', async (_what, known, calls) => {
    const leader = new FormerLeader(new SqliteEventStore(':memory:'));
    const { handle, written, store } = await latecomer(events, known, { store: leader });
    leader.shown = 2;
    await handle(create('c'));
    expect(store.calls).toEqual(calls);
    expect(await written()).toEqual(['KeyCreated']);
  });
});

describe('a refusal is that of the end of the stream', () => {
  const idempotencyKey = 'once';
  const made = created('a', { idempotencyKey });

  it('a repeated request is told of the key as it is, and that it is gone where it was deleted since', async () => {
    const { handle } = await latecomer([made, deleted('a')], 1);
    await expect(handle(create('b', { idempotencyKey }))).rejects.toMatchObject({ keyId: id('a'), existingKey: undefined });
  });

  it('a repeated request is told that it is one although its expiry is over by now', async () => {
    const { handle, written } = await latecomer([made], 0);
    await expect(handle(create('b', { idempotencyKey, expiresAt: START }))).rejects.toThrow(KeyAlreadyCreated);
    expect(await written()).toEqual([]);
  });

  it('whatever another process does between two looks', async () => {
    const { handle, store, written } = await latecomer([created('a'), created('b'), deleted('a'), created('c')], 2);
    await expect(handle(create('d'))).rejects.toThrow(KeyLimitReached);
    expect(store.calls).toEqual(['read']);
    expect(await written()).toEqual([]);
  });
});

describe('the store is asked', () => {
  it('once for an append and never for a read where nothing is refused', async () => {
    const { handle, store } = await latecomer([created('a')], 1);
    await handle(create('b'));
    expect(store.calls).toEqual(['append']);
  });

  it('once for a read where something is refused', async () => {
    const { handle, store } = await latecomer([created('a'), created('b')], 2);
    await expect(handle(create('c'))).rejects.toThrow(KeyLimitReached);
    await expect(handle(remove('c'))).rejects.toThrow(KeyNotFound);
    expect(store.calls).toEqual(['read', 'read']);
  });

  it('not at all for an expiry in the past, which no event can change', async () => {
    const { handle, store } = await latecomer([], 0);
    store.away = true;
    await expect(handle(create('a', { expiresAt: START }))).rejects.toThrow(ExpiryInThePast);
    expect(store.calls).toEqual([]);
  });

  it.each([create('c'), remove('c')])(
    'again and again while it is away, and no refusal is guessed in the end: $type',
    async (command) => {
      const caller = new AbortController();
      const { handle, store } = await latecomer([created('a'), created('b')], 2, { signal: caller.signal });
      store.away = true;
      store.onRead = () => store.calls.length === 3 && caller.abort();
      await expect(handle(command)).rejects.toThrow(StoreUnavailable);
      expect(store.calls).toEqual(['read', 'read', 'read']);
    },
  );
});
