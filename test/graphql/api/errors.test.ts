import { CreateKeyDocument } from '../../../src/client/gql/graphql.js';
import { LogSealed, type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import type { Answer } from '../../support/client.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

const SECRET = `kls_${'a'.repeat(49)}`;

/** A store that fails in the way that the account's name says. */
class FailingStore extends StoreDouble {
  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (stream.endsWith('broken')) throw new TypeError(`at /srv/store.ts: ${SECRET}`);
    if (stream.endsWith('unknown')) throw new OutcomeUnknown();
    if (stream.endsWith('unreachable')) throw new StoreUnavailable();
    if (stream.endsWith('sealed')) throw new LogSealed();
    return super.append(stream, version, events, signal);
  }
}

let world: World;
beforeAll(async () => {
  world = await openWorld({ store: new FailingStore(new SqliteEventStore(':memory:')), env: SHORT_DEADLINE });
});

async function createOn(account: string): Promise<{ answer: Answer<unknown>; lines: string[] }> {
  const client = await world.client({ account });
  const answer = await client.send(CreateKeyDocument, { input: { name: 'a key' } });
  const id = answer.headers.get('x-request-id') ?? 'none';
  const lines = world.log().split('\n');
  return { answer, lines: lines.filter((line) => line.includes(id) && /"level":"(?:warn|error)"/.test(line)) };
}

it('masks an error that nobody expected, and logs it once, with the id of the request', async () => {
  const { answer, lines } = await createOn('broken');
  expect(answer.errors).toMatchObject([
    { message: 'Unexpected error.', path: ['createKey'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  expect(answer.text).not.toMatch(/store\.ts|kls_|TypeError|stack/);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    msg: 'unexpected error',
    err: { type: 'TypeError', message: 'at /srv/store.ts: [redacted]' },
  });
});

it.each([
  ['unknown', 'OUTCOME_UNKNOWN', 'Look at the keys before you try again'],
  ['unreachable', 'STORE_UNAVAILABLE', 'Nothing was changed'],
  ['sealed', 'LOG_SEALED', 'Point KEYLEDGER_STORE at the new one'],
])('tells that the store is %s, with a code that a client can act on', async (account, code, sentence) => {
  const { answer, lines } = await createOn(account);
  expect(answer.errors).toMatchObject([{ path: ['createKey'], extensions: { code, docs: `/docs/errors#${code}` } }]);
  expect(answer.errors?.[0]?.message).toContain(sentence);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(lines).toHaveLength(1);
});

it('goes on serving others meanwhile', async () => {
  const client = await world.client({});
  expect(await client.createKey()).toMatchObject({ __typename: 'CreateKeyPayload' });
});
