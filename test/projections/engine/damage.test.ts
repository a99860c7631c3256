import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDamage } from '../../../src/projections/engine/damage.js';
import { ACTIVITY, ACTIVITY_USAGE, HISTORY, KEYS, READS, TRANSPARENCY, USAGE } from '../../../src/projections/engine/names.js';
import Database from '../../../src/shared/sqlite.js';
import { writeHistory } from '../../bench/support/history.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { withProjections } from '../../support/late-projections.js';
import { untilFilled } from '../../support/readiness.js';
import { spoilFile, spoilTables } from '../../support/spoilt-pages.js';
import { statusOf, untilAccepted } from '../../support/verify.js';
import { openFilledWorld, openWorld, type World } from '../../support/world.js';

const DAMAGED = /"file":"(\w+\.db)".*the projections file is damaged/g;

/** The files that the server has found damaged so far. */
const foundIn = (world: World) => [...world.log().matchAll(DAMAGED)].map(([, file]) => file);

/** A server on which everything was used, so that every projection has rows. */
async function openUsedWorld() {
  const world = await openFilledWorld();
  const [owner, auditor, analyst] = [
    await world.client({}),
    await world.client({ role: 'auditor' }),
    await world.client({ role: 'analyst' }),
  ];
  const held = await owner.newKey();
  expect(await statusOf(world, held)).toBe(200);
  await world.app.write.uses.flush();
  const eventId = await firstEventId(auditor);
  const distribution = (metric: string) => `{ analytics { distribution(metric: ${metric}, buckets: 1) { count } } }`;
  /** What reads the tables of each projection. */
  const questions: Record<string, [asker: Client, question: string]> = {
    [TRANSPARENCY]: [auditor, `{ inclusionProof(eventId: "${eventId}", treeSize: 1) { leafIndex leafHash path } }`],
    [HISTORY]: [auditor, '{ events(first: 1) { edges { node { eventId } } } }'],
    [READS]: [auditor, '{ reads(first: 1) { edges { node { actor what } } } }'],
    [USAGE]: [owner, '{ account { keys { usage(days: 1) { count } } } }'],
    [ACTIVITY]: [analyst, distribution('KEY_AGE')],
    [ACTIVITY_USAGE]: [analyst, distribution('TIME_UNUSED')],
  };
  const ask = async (projection: string): Promise<unknown> => {
    const [asker, question] = questions[projection] ?? [];
    if (!asker || question === undefined) return statusOf(world, held);
    const { data, errors } = await asker.send(question);
    return errors ? errors.map(({ extensions }) => extensions?.code) : data;
  };
  return { world, ask, owner, held };
}

/** Asks until the history holds an event: a create does not wait for it. */
async function firstEventId(auditor: Client): Promise<string> {
  for (;;) {
    const { data } = await auditor.send('{ events { edges { node { eventId } } } }');
    const [eventId] = /[0-9a-f-]{36}/.exec(JSON.stringify(data ?? null)) ?? [];
    if (eventId !== undefined) return eventId;
    await delay(25);
  }
}

describe('a damaged page that is read while a server runs', () => {
  let used: Awaited<ReturnType<typeof openUsedWorld>>;
  beforeAll(async () => {
    used = await openUsedWorld();
  });

  const ROWS = [
    [KEYS, 'keys.db', /^200$/],
    [TRANSPARENCY, 'projections.db', /"leafIndex":0/],
    [HISTORY, 'projections.db', /"eventId":"/],
    [READS, 'projections.db', /"what":"/],
    [USAGE, 'projections.db', /"count":[1-9]/],
    [ACTIVITY, 'analytics.db', /"count":1/],
    [ACTIVITY_USAGE, 'analytics.db', /"count":1/],
  ] as const;

  it.each(ROWS)('of %s: its file is filled anew, aloud, and answers again', async (projection, file, expected) => {
    const { world, ask } = used;
    const isAnswered = async () => expected.test(JSON.stringify(await ask(projection)));
    while (!(await isAnswered())) await delay(25);
    // From now on, nothing is written.
    await world.app.write.uses.flush();
    await untilFilled(world);
    const before = foundIn(world).length;
    spoilTables(world.config.dataDirectory, projection);
    while (foundIn(world).length === before) await ask(projection);
    expect(foundIn(world).slice(before)).toEqual([file]);
    while (!(await isAnswered())) await delay(25);
    await untilFilled(world);
    expect(foundIn(world).slice(before)).toEqual([file]);
  });

  it('does not cost the counts of old events in the same file, which the log may have lost', async () => {
    const { world, ask } = used;
    const { dataDirectory } = world.config;
    await untilFilled(world);
    const count = "SELECT count FROM usage_2 WHERE keyId = 'key_old'";
    withProjections(dataDirectory, 'projections.db', (database) => {
      database.exec("INSERT INTO usage_2 VALUES ('key_old', '2020-01-01', 7)");
    });
    const before = foundIn(world).length;
    spoilTables(dataDirectory, READS);
    while (foundIn(world).length === before) await ask(READS);
    await untilFilled(world);
    withProjections(dataDirectory, 'projections.db', (database) => {
      expect(database.prepare(count).pluck().get()).toBe(7);
    });
  });
});

it('fills the whole file anew while mutations go on afterwards: all of its pages are damaged', async () => {
  const world = await openWorld();
  const client = await world.client({});
  const held = await client.newKey();
  for (let key = 0; key < 20; key += 1) await (await world.client({})).newKey();
  spoilFile(world.config.dataDirectory, 'keys.db');
  while (foundIn(world).length === 0) {
    await statusOf(world, held);
    await delay(5);
  }
  await untilAccepted(world, held);
  await client.deleteKey(held.key.keyId);
  expect(await statusOf(world, held)).toBe(401);
});

it('is found too by the thread that brings a file to the end of the log', async () => {
  const dataDirectory = temporaryDirectory();
  const before = await openFilledWorld({ dataDirectory });
  const held = await (await before.client({})).newKey();
  await untilFilled(before);
  await before.stop();
  const log = new Database(join(dataDirectory, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: 700 }, (_, index) => ({ account: `account-${index}`, events: 10 })),
  );
  log.close();
  spoilTables(dataDirectory, KEYS);
  const world = await openFilledWorld({ dataDirectory });
  expect(foundIn(world)).toEqual(['keys.db']);
  expect(await statusOf(world, held)).toBe(200);
});

const DAMAGE = ['CORRUPT', 'CORRUPT_VTAB', 'NOTADB', 'IOERR_READ', 'IOERR_SHORT_READ', 'IOERR_DATA', 'IOERR_CORRUPTFS'];
const OTHERS = ['FULL', 'BUSY', 'IOERR', 'IOERR_WRITE', 'IOERR_FSYNC', 'IOERR_TRUNCATE', 'IOERR_SHMMAP', 'IOERR_NOMEM'];

it('is what cannot be read, and not what cannot be written', () => {
  const found = [...DAMAGE, ...OTHERS].filter((code) => isDamage(new Database.SqliteError('', `SQLITE_${code}`)));
  expect(found).toEqual(DAMAGE);
});
