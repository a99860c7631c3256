import { existsSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../../src/projections/engine/database.js';
import { Generations } from '../../../src/projections/engine/generations.js';
import { judgePresent } from '../../../src/projections/engine/judged-file.js';
import Database from '../../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { descriptorsOf } from '../../support/descriptors.js';
import { untilFilled } from '../../support/readiness.js';
import { type HeldKey, statusOf } from '../../support/verify.js';
import { openWorld, type World } from '../../support/world.js';

/** True if the file that has the name holds the key. Opens it anew each time, which fails if it is replaced at that very moment. */
function isKnown(directory: string, keyId: string): boolean {
  try {
    const database = new Database(join(directory, 'keys.db'), { readonly: true });
    const found = database.prepare('SELECT 1 FROM keys_5 WHERE keyId = ?').get(keyId);
    database.close();
    return found !== undefined;
  } catch {
    return false;
  }
}

const silent = { info() {}, warn() {} };

function createEmpty(file: string): string {
  const empty = new Database(file);
  empty.pragma('journal_mode = WAL');
  empty.close();
  return file;
}

describe('a file that was deleted', () => {
  const untilKnown = async (world: World, held: HeldKey) => {
    while (!isKnown(world.config.dataDirectory, held.key.keyId)) {
      expect(await statusOf(world, held)).toBe(200);
      await delay(5);
    }
  };

  it('is filled again by the process that has it open, which serves meanwhile and says so', async () => {
    const world = await openWorld();
    const client = await world.client({});
    const held = await client.newKey();
    await untilFilled(world);
    rmSync(join(world.config.dataDirectory, 'keys.db'));
    await untilKnown(world, held);
    expect(world.log()).toContain('the projections file was deleted');
    await untilKnown(world, await client.newKey());
  });

  it.each<[string, boolean]>([
    ['a file', false],
    ['a link to it', true],
  ])(
    'leaves its journals to those who have it open, and the next one has its own, if the name was %s',
    async (_what, isLink) => {
      const generations = new Generations(temporaryDirectory(), 'keys.db');
      if (isLink) await generations.publish(createEmpty(generations.newFile()));
      const open = openDatabase(generations.path);
      cleanUpLater(() => open.close());
      open.exec('CREATE TABLE one (n INTEGER)');
      const indexInode = () => statSync(`${realpathSync(generations.path)}-shm`).ino;
      const before = indexInode();
      rmSync(realpathSync(generations.path));
      const { verdict } = judgePresent({ generations, name: 'keys.db', make: () => ({}), log: silent });
      if (verdict.is === 'usable') cleanUpLater(() => verdict.database.close());
      expect(verdict.is).toBe('usable');
      expect(indexInode()).not.toBe(before);
      expect(open.prepare('SELECT count(*) FROM one').pluck().get()).toBe(0);
    },
  );
});

describe('a file that was deleted, and created again without rows', () => {
  it('is filled beside those who have the old one, and they go on with the new one', async () => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    const client = await world.client({});
    const held = await client.newKey();
    const generations = new Generations(dataDirectory, 'keys.db');
    const old = realpathSync(generations.path);
    await generations.publish(createEmpty(generations.newFile()));
    const holds = (keyId: string) => isKnown(dataDirectory, keyId);
    while (!holds(held.key.keyId)) {
      expect(await statusOf(world, held)).toBe(200);
      await delay(5);
    }
    const another = await client.newKey();
    while (!holds(another.key.keyId)) await delay(5);
    while (existsSync('/proc/self/fd') && descriptorsOf(old).length > 0) await delay(5);
  });
});
