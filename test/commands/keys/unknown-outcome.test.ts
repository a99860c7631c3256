import { OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import { eventsOf, LosingAnswers } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

async function worldThatLoses(env: Record<string, string> = {}) {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env });
  const client = await world.client({});
  return { store, client, events: () => eventsOf(store, streamOf('apiKeys', client.account)) };
}

it('retries an append of unknown outcome with the same ids at the same version, and writes once', async () => {
  const { store, client, events } = await worldThatLoses();
  store.faults.push({ error: new OutcomeUnknown(), written: true }, { error: new OutcomeUnknown(), written: false });
  const { key, secret } = await client.newKey();
  expect(secret).toMatch(/^kls_/);
  expect(new Set(store.tried.map(({ ids, version }) => `${ids} at ${version}`)).size).toBe(1);
  expect(store.tried).toHaveLength(3);
  expect(await events()).toMatchObject([{ type: 'KeyCreated', data: { keyId: key.keyId } }]);
});

it('waits for a store that is away for a moment', async () => {
  const { store, client, events } = await worldThatLoses();
  store.faults.push(...Array.from({ length: 3 }, () => ({ error: new StoreUnavailable(), written: false })));
  await client.newKey();
  expect(await events()).toHaveLength(1);
});

it('says that the outcome is unknown when the deadline passes, and never guesses', async () => {
  const { store, client } = await worldThatLoses(SHORT_DEADLINE);
  store.faults.push({ error: new OutcomeUnknown(), written: true });
  store.faults.push(...Array.from({ length: 100 }, () => ({ error: new StoreUnavailable(), written: false })));
  const { data, errors } = await client.send(
    'mutation { createKey(input: { name: "a", idempotencyKey: "r" }) { __typename } }',
  );
  expect(data).toEqual({ createKey: null });
  expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
  // The deadline ended it: the store would have failed for longer.
  expect(store.faults.length).toBeGreaterThan(0);
  store.faults.splice(0);
  expect(await client.createKey({ name: 'a', idempotencyKey: 'r' })).toMatchObject({ __typename: 'KeyAlreadyCreated' });
});

it('answers a request with several mutations within one deadline', async () => {
  const { store, client } = await worldThatLoses({ KEYLEDGER_DEADLINE: '1s' });
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error: new StoreUnavailable(), written: false })));
  const creates = ['a', 'b', 'c', 'd'].map((alias) => `${alias}: createKey(input: { name: "${alias}" }) { __typename }`);
  await client.send(`mutation { ${creates.join(' ')} }`);
  // In one second a mutation tries seven times, since the waits double. Four deadlines would mean 28.
  expect(1000 - store.faults.length).toBeLessThan(14);
});

it('says that nothing was changed when no append can have been made', async () => {
  const { store, client, events } = await worldThatLoses({ KEYLEDGER_DEADLINE: '1s' });
  store.faults.push(...Array.from({ length: 100 }, () => ({ error: new StoreUnavailable(), written: false })));
  const { errors } = await client.send('mutation { createKey(input: { name: "a" }) { __typename } }');
  expect(errors).toMatchObject([{ extensions: { code: 'STORE_UNAVAILABLE' } }]);
  expect(await events()).toHaveLength(0);
});
