import { mock } from 'node:test';
import { hashSecret, newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { LivingFile } from '../../../src/projections/engine/living-file.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import { Verification } from '../../../src/projections/keys/verification.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { record } from '../../support/histories.js';
import { created, disabled, enabled, id, START } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';

const { secret } = newKeyMaterial();

/** The verification of one key after each of its events: created, disabled, enabled. */
async function withKey() {
  const store = new SqliteEventStore(':memory:');
  const account = newAccount();
  await record(store, account, [created('a', { secretHash: hashSecret(secret) }), disabled('a'), enabled('a')]);
  const events = await eventsOf(store, streamOf('apiKeys', account));
  const database = new Database(':memory:');
  const projection = new KeysProjection(database);
  const verification = new Verification(database, () => START + 1000);
  return { events, projection, verification, isAccepted: () => verification.verify(id('a'), secret) !== undefined };
}

it('accepts a key until it is disabled, and again once it is enabled, by its id and by its secret alone', async () => {
  const { events, projection, verification, isAccepted } = await withKey();
  for (const [index, accepted] of [true, false, true].entries()) {
    projection.apply(events.slice(index, index + 1));
    expect([isAccepted(), verification.verifySecret(secret) !== undefined]).toEqual([accepted, accepted]);
  }
});

it('goes on refusing a key for one event when another that ended it is projected', async () => {
  const { events, projection, verification, isAccepted } = await withKey();
  projection.apply(events);
  verification.refuse(id('a'), 0);
  verification.refuse(id('a'), 0);
  verification.refuse(id('a'), START + 5000);
  verification.trust(id('a'), 0);
  expect(isAccepted()).toBe(false);
  verification.trust(id('a'), 0);
  expect(isAccepted()).toBe(true);
  expect(verification.verify(id('a'), secret)?.expiresAt).toBe(START + 5000);
});

it('reads a key that is in use once, as long as no more keys are in use than it keeps', async () => {
  const file = new LivingFile(new Database(':memory:'), () => {});
  const projection = new KeysProjection(file);
  const store = new SqliteEventStore(':memory:');
  const keys = Array.from({ length: 10_001 }, () => newKeyMaterial());
  await Promise.all(keys.map(({ secret: _, ...key }) => record(store, newAccount(), [created('a', key)])));
  for await (const events of store.readAll('apiKeys')) projection.apply(events);
  const prepare = file.prepare.bind(file);
  const gets: { mock: { callCount(): number } }[] = [];
  mock.method(file, 'prepare', (sql: string) => {
    const query = prepare(sql);
    gets.push(mock.method(query, 'get'));
    return query;
  });
  const verification = new Verification(file, () => START);
  const readsOf = (count: number) => {
    const before = callsOf(gets);
    for (const { keyId, secret } of keys.slice(0, count)) expect(verification.verify(keyId, secret)?.keyId).toBe(keyId);
    return callsOf(gets) - before;
  };
  expect([10_000, 10_000, 10_001].map(readsOf)).toEqual([10_000, 0, 1]);
});

function callsOf(mocks: { mock: { callCount(): number } }[]): number {
  return mocks.reduce((sum, { mock }) => sum + mock.callCount(), 0);
}
