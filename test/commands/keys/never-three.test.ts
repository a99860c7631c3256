import fc from 'fast-check';
import { handle } from '../../../src/commands/keys/handle.js';
import { evolve } from '../../../src/domain/keys/decide.js';
import { type AccountKeys, activeKeys, NO_KEYS } from '../../../src/domain/keys/model.js';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { decode } from '../../../src/store/codec.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { rounds } from '../../support/long.js';
import { eventsOf } from '../../support/store-doubles.js';

const caller = (account: string) => ({ account, actor: 'tester', correlationId: 'none', since: performance.now() });

async function stateOf(store: EventStore, account: string): Promise<AccountKeys> {
  return (await eventsOf(store, streamOf('apiKeys', account))).map(decode).reduce(evolve, NO_KEYS);
}

function create(store: EventStore, account: string, known: AccountKeys): Promise<boolean> {
  const { secret: _, ...key } = newKeyMaterial();
  const command = { type: 'CreateKey' as const, key, name: 'name', scopes: [] };
  const signal = new AbortController().signal;
  return handle({ store, clock: Date.now }, caller(account), command, known, signal).then(
    () => true,
    () => false,
  );
}

it('lets exactly two of many creates through, in whatever order their steps interleave and however old the state they know', async () => {
  const store: EventStore = new SqliteEventStore(':memory:');
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 3, max: 8 }), async (scheduler, creates) => {
      const account = newAccount();
      const scheduled: EventStore = {
        kind: store.kind,
        read: (...args) => store.read(...args),
        readAll: (...args) => store.readAll(...args),
        follow: (...args) => store.follow(...args),
        append: (...args) => scheduler.schedule(Promise.resolve('append')).then(() => store.append(...args)),
        prune: (...args) => store.prune(...args),
        close: () => store.close(),
      };
      const attempts = Array.from({ length: creates }, () => create(scheduled, account, NO_KEYS));
      const all = Promise.all(attempts);
      await scheduler.waitFor(all);
      expect((await all).filter(Boolean)).toHaveLength(2);
      expect(activeKeys(await stateOf(store, account), Date.now())).toHaveLength(2);
    }),
    { numRuns: rounds(60, 200) },
  );
  await store.close();
});

it('writes nothing when it refuses', async () => {
  const store = new SqliteEventStore(':memory:');
  const account = newAccount();
  for (let i = 0; i < 5; i += 1) await create(store, account, NO_KEYS);
  expect(await eventsOf(store, streamOf('apiKeys', account))).toHaveLength(2);
  await store.close();
});
