import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from '../../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { damage } from '../../support/faults.js';
import { removeProjections } from '../../support/projection-files.js';
import { readinessOf, untilFilled } from '../../support/readiness.js';
import { openWorld, type World } from '../../support/world.js';

/** Two servers on one directory whose tree lacks an event. Returns what makes it readable again. */
async function openServersWithGap() {
  const dataDirectory = temporaryDirectory();
  const world = await openWorld({ dataDirectory });
  const client = await world.client({});
  for (let key = 0; key < 2; key += 1) await client.newKey();
  await untilFilled(world);
  await world.stop();
  removeProjections(dataDirectory);
  const restore = damage(dataDirectory, client.account, 2, 'torn data');
  const worlds = [await openWorld({ dataDirectory }), await openWorld({ dataDirectory })];
  for (const world of worlds) await untilFilled(world);
  return { worlds, file: join(dataDirectory, 'projections.db'), restore };
}

/** How many accounts the tree sets apart; undefined while it is filled. */
async function quarantinedIn(world: World): Promise<number | undefined> {
  const { transparency } = (await readinessOf(world)).body.projections;
  return transparency?.state === 'ok' ? (transparency.quarantined ?? 0) : undefined;
}

describe('the tree, once the events that it lacked can be read again', () => {
  it('is filled in a new file that takes the place of the old one, by one of the servers', async () => {
    const { worlds, file, restore } = await openServersWithGap();
    const before = statSync(file).ino;
    const old = new Database(file, { readonly: true });
    cleanUpLater(() => old.close());
    const leaves = old.prepare('SELECT count(*) FROM transparency_3').pluck();
    const held = leaves.get();
    restore();
    for (const world of worlds) while ((await quarantinedIn(world)) !== 0) await delay(25);
    expect(statSync(file).ino).not.toBe(before);
    expect(leaves.get()).toBe(held);
    const logs = worlds.map((world) => world.log()).join('');
    expect(logs.match(/the projections are filled from the log/g)).toHaveLength(1);
    expect(logs.match(/can be read again; the tables are filled anew/g)).toHaveLength(1);
    for (const world of worlds) await untilFilled(world);
  });
});
