import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import Database from '../../shared/sqlite.js';
import type { Connection } from './connection.js';
import { isDamage } from './damage.js';
import { openDatabase } from './database.js';
import type { Generations } from './generations.js';
import { POSITIONS } from './names.js';
import { PositionTable, positionsIn, type SavedPosition } from './position.js';
import type { Projection } from './projection.js';
import { tablesOf } from './tables.js';

export interface JudgeOptions {
  generations: Generations;
  /** The file's name in the data directory. */
  name: string;
  /** Creates the projections, and missing tables, over a database. */
  make: (database: Connection) => Record<string, Projection>;
  log: Pick<Logger, 'warn' | 'info'>;
}

/** A file of projections, and whether it can be used. */
export interface JudgedFile {
  /** Which file had the name. */
  present: string | undefined;
  verdict: Verdict;
}

type Verdict =
  | { is: 'usable'; database: Database.Database }
  /** Its tables are filled up to these positions. */
  | { is: 'of another version'; positions: SavedPosition[] }
  | { is: 'damaged' };

export const DAMAGED = 'the projections file is damaged; it is filled anew from the log';
export const DELETED = 'the projections file was deleted; it is filled anew from the log';

/**
 * Opens the present file, or creates it, and judges it. A file is deleted, with those that SQLite has beside it, only after another has
 * its name. So what has the name before and afterwards is whole.
 */
export function judgePresent(options: JudgeOptions): JudgedFile {
  const { generations } = options;
  for (;;) {
    generations.leaveJournals();
    const before = generations.present();
    const verdict = judge(options);
    const present = generations.present();
    if (before === present) return { present, verdict };
    if (verdict.is === 'usable') verdict.database.close();
  }
}

/** True if somebody has deleted the present file, and it was created again, without the rows of the open one. */
export function isPresentLost({ verdict }: JudgedFile, open: Connection): boolean {
  if (verdict.is !== 'usable') return false;
  try {
    return positionsOf(verdict.database).length === 0 && positionsOf(open).length > 0;
  } finally {
    verdict.database.close();
  }
}

/** The positions, as far as they can be read from a damaged file. */
export function positionsOf(database: Connection): SavedPosition[] {
  try {
    return new PositionTable(database).all();
  } catch {
    return [];
  }
}

function judge({ generations, name, make, log }: JudgeOptions): Verdict {
  try {
    const database = openDatabase(generations.path);
    try {
      if (isEmpty(database) || hasTablesOf(database, make)) {
        new PositionTable(database);
        return { is: 'usable', database };
      }
      const positions = [...positionsIn(database, 'main').values()];
      database.close();
      log.info({ file: name }, 'the projections file has the tables of another version; a new one is filled from the log');
      return { is: 'of another version', positions };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    log.warn({ file: name, err: error }, DAMAGED);
    return { is: 'damaged' };
  }
}

/** True if nothing has been filled, and there are no tables of projections. */
function isEmpty(database: Database.Database): boolean {
  const other = database.prepare('SELECT 1 FROM sqlite_schema WHERE tbl_name <> ? LIMIT 1').get(POSITIONS);
  return other === undefined && positionsIn(database, 'main').size === 0;
}

/** True if all tables of these projections are there, in their shape. */
function hasTablesOf(database: Database.Database, make: JudgeOptions['make']): boolean {
  const expected = new Database(':memory:');
  try {
    return Object.values(make(expected)).every(({ name }) => {
      return isDeepStrictEqual(tablesOf(database, name), tablesOf(expected, name));
    });
  } finally {
    expected.close();
  }
}
