import { evolve } from '../../src/domain/keys/decide.js';
import { NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount } from '../support/cleanup.js';
import { oneUnlessLong, rounds } from '../support/long.js';
import { eventsOf } from '../support/store-doubles.js';
import { openLogOf, STORES, startTwoServers } from '../support/two-servers.js';

const ROUNDS = rounds(2, 20);
/** The number of requests of each kind at once on each process. */
const TRIES = 5;

/** How many keys the account held after each event. */
async function heldThroughout(store: EventStore, account: string): Promise<number[]> {
  const held: number[] = [];
  (await eventsOf(store, streamOf('apiKeys', account))).map(decode).reduce((state, event) => {
    const next = evolve(state, event);
    held.push(next.keys.size);
    return next;
  }, NO_KEYS);
  return held;
}

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it(`creates and deletes that race on two processes: one deletion, then one creation at most, never three keys, ${ROUNDS} times`, async () => {
    const [one, other] = await startTwoServers(connectionString);
    const store = await openLogOf(one.dataDirectory, connectionString);
    for (let round = 0; round < ROUNDS; round += 1) {
      const account = newAccount();
      const clients = [await one.client(account), await other.client(account)];
      const [first] = [await clients[0]?.newKey(), await clients[1]?.newKey()];
      const keyId = first?.key.keyId ?? '';
      const tries = clients.flatMap((client) => Array.from({ length: TRIES }, () => client));
      const answers = await Promise.all(tries.flatMap((client) => [client.createKey(), client.deleteKey(keyId)]));
      const count = (type: string) => answers.filter(({ __typename }) => __typename === type).length;
      const created = count('CreateKeyPayload');
      expect(created).toBeLessThanOrEqual(1);
      expect(count('KeyLimitReached')).toBe(tries.length - created);
      expect([count('DeleteKeyPayload'), count('KeyNotFound')]).toEqual([1, tries.length - 1]);
      // Refused requests have written nothing.
      expect(await heldThroughout(store, account)).toEqual([1, 2, 1, ...Array(created).fill(2)]);
    }
    await store.close();
    for (const server of [one, other]) expect(await server.end('SIGTERM')).toBe(0);
  });
});
