import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LivingFile } from '../../../src/projections/engine/living-file.js';
import { PositionTable, type SavedPosition } from '../../../src/projections/engine/position.js';
import { PositionLost, SharedPosition } from '../../../src/projections/engine/shared-position.js';
import Database from '../../../src/shared/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';

const projection = { name: 'any_1' };
const last = { lastStream: 'apiKeys-a', lastVersion: 1, lastId: 'id' };
const saved: SavedPosition = {
  ...last,
  projection: projection.name,
  category: 'apiKeys',
  position: 5,
  events: 5,
  kind: 'sqlite',
  firstStream: null,
  firstId: null,
};

function open(path: string): Database.Database {
  const database = new Database(path);
  cleanUpLater(() => database.close());
  return database;
}

/** A file whose tables have rows and this position. */
function filled(path: string): Database.Database {
  const database = open(path);
  database.exec('CREATE TABLE any_1 (value INTEGER PRIMARY KEY) STRICT');
  database.exec('INSERT INTO any_1 VALUES (1)');
  new PositionTable(database).put([saved]);
  return database;
}

/** A process that has seen the position of the tables. */
function following(path: string) {
  const lost: true[] = [];
  const file = new LivingFile(filled(path), () => {});
  const position = new SharedPosition({ database: file, projection, onLost: () => void lost.push(true) });
  position.reached = position.read();
  expect(position.unseen([])).toEqual([]);
  position.notice();
  return { file, position, lost };
}

const versionOf = (database: Database.Database) => database.pragma('data_version', { simple: true });

describe('tables that somebody has given up', () => {
  it('are noticed where there are no events', async () => {
    const path = join(temporaryDirectory(), 'projections.db');
    const { position, lost } = following(path);
    new PositionTable(open(path)).forgetAll();
    await nextTurn();
    expect(() => position.unseen([])).toThrow(PositionLost);
    expect(() => position.unseen([])).toThrow(PositionLost);
    position.notice();
    expect(lost).toHaveLength(3);
  });

  it('are noticed in a file that has taken the place, though SQLite gives it the number of the one before', () => {
    const directory = temporaryDirectory();
    const { file, position, lost } = following(join(directory, 'before.db'));
    const next = filled(join(directory, 'next.db'));
    new PositionTable(next).forgetAll();
    expect(versionOf(next)).toBe(versionOf(file.database));
    file.exchange(next);
    position.notice();
    expect(lost).toHaveLength(1);
    expect(() => position.unseen([])).toThrow(PositionLost);
  });
});
