import { loseFiles, writeEvents } from '../bench/support/lost-files.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { isLong, rounds } from '../support/long.js';
import { untilFilled } from '../support/readiness.js';
import { startTwoServers } from '../support/two-servers.js';
import { type HeldKey, statusOf, timeUntil } from '../support/verify.js';

const EVENTS = rounds(1000, 50_000);
const CLIENTS = rounds(2, 4);

/** Nothing here depends on how fast the machine is. */
const PATIENT = { KEYLEDGER_DEADLINE: '5m', KEYLEDGER_STALENESS: '5m', KEYLEDGER_FAILURES_PER_MINUTE: '1000000' };

async function keyIdsOf(client: Client): Promise<string[]> {
  return (await client.readAccount()).keys.map(({ keyId }) => keyId);
}

/** Takes both places of an account, and a third, and ends all its keys again. Every answer must be right, on the other server too. */
async function useBothPlaces(client: Client, other: { url: string }): Promise<void> {
  const kept = await client.newKey();
  expect(await keyIdsOf(client)).toEqual([kept.key.keyId]);
  expect(await statusOf(client, kept)).toBe(200);

  const answers = await Promise.all([client.createKey(), client.createKey()]);
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['CreateKeyPayload', 'KeyLimitReached']);
  const added = answers.find((answer) => answer.__typename === 'CreateKeyPayload') as HeldKey;
  expect((await keyIdsOf(client)).sort()).toEqual([kept.key.keyId, added.key.keyId].sort());

  for (const held of [kept, added]) {
    await timeUntil(200, other, held);
    await client.deleteKey(held.key.keyId);
    expect(await statusOf(client, held)).toBe(401);
    await timeUntil(401, other, held);
    expect(await statusOf(other, held)).toBe(401);
  }
  expect(await keyIdsOf(client)).toEqual([]);
}

describe('while a thread fills all files anew', () => {
  it('a client reads its writes, no account holds three keys, and a deleted key is refused', async () => {
    const directory = `${temporaryDirectory()}/data`;
    writeEvents(directory, EVENTS);
    const [one, other] = await startTwoServers(undefined, PATIENT, directory);
    for (const server of [one, other]) await untilFilled(server);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => one.client()));

    const isRebuilt = await loseFiles(directory);
    const use = async (client: Client) => {
      do await useBothPlaces(client, other);
      while (!isRebuilt());
    };
    await Promise.all(clients.map(use));

    for (const server of [one, other]) await untilFilled(server);
    for (const client of clients) await useBothPlaces(client, other);
    for (const server of [one, other]) expect(await server.end('SIGTERM')).toBe(0);
    if (!isLong) return;
    expect(await keyledger(['replay'], { KEYLEDGER_DATA: directory })).toMatchObject({ code: 0 });
  });
});
