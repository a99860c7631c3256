import fc from 'fast-check';
import { hashSecret } from '../../../src/domain/keys/secret.js';
import { decode } from '../../../src/store/codec.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { rounds } from '../../support/long.js';
import { type Asked, randomDocument, withIds } from '../../support/random-documents.js';
import { eventsOf } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

const RUNS = rounds(15, 300);
/** How long that many take on a busy machine, in milliseconds. */
const LIMIT = 900_000;

/** The second change is refused after the first one made a key. Random documents seldom do that. */
const REFUSED_LATE: Asked = {
  query: `mutation {
    m0: createKey(input: { name: "a" }) { ... on CreateKeyPayload { secret } }
    m1: createKey(input: { name: "b", expiresAt: "2000-01-01T00:00:00Z" }) { __typename }
  }`,
  variables: {},
};

/** It is refused before anything is executed. A few random documents may all be good. */
const REFUSED_AT_ONCE: Asked = { query: 'mutation { m0: createKey(input: null) { __typename } }', variables: {} };

it(
  `whatever is asked for below a change, the secret of each key that was made is in the answer, of ${RUNS} documents`,
  async () => {
    const store = new SqliteEventStore(':memory:');
    const world = await openWorld({ store });
    const seen = { made: 0, withErrors: 0, refused: 0 };
    const check = async (asked: Asked) => {
      const client = await world.client({});
      const { key } = await client.newKey({ name: 'held', idempotencyKey: 'held' });
      const { query, variables } = withIds(asked, { account: client.account, keyId: key.keyId });
      const { text, data, errors } = await client.send(query, variables);
      const events = (await eventsOf(store, streamOf('apiKeys', client.account))).slice(1);
      const made = events.map(decode).flatMap((event) => (event.type === 'KeyCreated' ? event.data.secretHash : []));
      const shown = new Set(text.match(/kls_\w{49}/g)?.map(hashSecret));
      expect({ query, variables, errors, lost: made.filter((hash) => !shown.has(hash)) }).toMatchObject({ lost: [] });
      if (data === undefined) expect({ query, variables, events }).toMatchObject({ events: [] });
      const late = errors?.filter(({ path = [], extensions }) => path.length > 1 && extensions?.code === 'BAD_USER_INPUT');
      // The size of the tree is not known before. All other faults are refused before anything is executed.
      for (const { extensions } of late ?? [])
        expect({ query, variables, ...extensions }).toMatchObject({ path: ['treeSize'] });
      seen.made += made.length;
      seen.withErrors += made.length > 0 && errors ? 1 : 0;
      seen.refused += data === undefined ? 1 : 0;
    };
    await check(REFUSED_LATE);
    await check(REFUSED_AT_ONCE);
    await fc.assert(
      fc.asyncProperty(fc.gen(), (given) => check(randomDocument(given))),
      { numRuns: RUNS },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  },
  LIMIT,
);
