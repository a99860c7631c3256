import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ACTIVITY } from '../../../src/projections/engine/names.js';
import Database from '../../../src/shared/sqlite.js';
import { ask } from '../../support/asked-analytics.js';
import type { Client } from '../../support/client.js';
import { openFilledWorld, type World } from '../../support/world.js';

let world: World;
let analyst: Client;
beforeAll(async () => {
  world = await openFilledWorld();
  await (await world.client({})).newKey();
  analyst = await world.client({ role: 'analyst' });
  while ((await ask<{ keysCreated: number }>(analyst, 'totals { at position keysCreated }')).keysCreated === 0) await delay(25);
});

/** Makes the server believe that the keys have had that many events. */
function pretend(events: number): void {
  const file = new Database(join(world.config.dataDirectory, 'analytics.db'));
  const { changes } = file.prepare('UPDATE positions_1 SET events = ? WHERE projection = ?').run(events, ACTIVITY);
  expect(changes).toBe(1);
  file.close();
}

const distributions = (count: number) =>
  Array.from({ length: count }, (_, index) => `d${index}: distribution(metric: LIFETIME, buckets: 1) { count }`).join(' ');
const inField = (count: number) => `{ analytics { ${distributions(count)} } }`;
const inFragment = (count: number) => `{ analytics { ...a } } fragment a on Analytics { ${distributions(count)} }`;

/** The codes of its errors; undefined without any. */
async function codesOf(document: string): Promise<unknown[] | undefined> {
  return (await analyst.send(document)).errors?.map(({ extensions }) => extensions?.code);
}

describe.each([
  ['in fields', inField],
  ['in a fragment', inFragment],
])('readings of every key, %s,', (_where, document) => {
  it.each([
    [1, 9],
    [250_000, 9],
    [500_000, 4],
    [1_000_000, 2],
    [1_000_000_000, 2],
  ])('of %i events: a document holds at most %i, also one that was valid when there were fewer', async (events, most) => {
    pretend(1);
    for (const count of [1, most, 9]) expect(await codesOf(document(count))).toBeUndefined();
    pretend(events);
    for (let times = 0; times < 2; times += 1) {
      for (const count of [1, most]) expect(await codesOf(document(count))).toBeUndefined();
      expect(await codesOf(document(most + 1))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
  });
});

it('says what such a document costs, the same whether it was valid before or not', async () => {
  const send = async (document: string, accept: string) => {
    const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${analyst.token}` };
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: document }),
    });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const document = inField(3).replace('{', `query A_${accept.length} {`);
    pretend(1);
    expect((await send(document, accept)).text).not.toContain('errors');
    pretend(1_000_000);
    const known = await send(document, accept);
    expect(known).toEqual(await send(document.replace('A_', 'B_'), accept));
    expect(known.text).toMatch(/could hold 12\d\d\d values, but the limit of cost is 10000/);
  }
});
