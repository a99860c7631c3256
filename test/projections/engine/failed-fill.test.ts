import type { Connection } from '../../../src/projections/engine/connection.js';
import { fill } from '../../../src/projections/engine/fill.js';
import { PositionTable } from '../../../src/projections/engine/position.js';
import Database from '../../../src/shared/sqlite.js';
import { contentOf, filesIn, filledDirectory, make, request } from '../../support/filled-directory.js';
import { fewUnlessLong } from '../../support/long.js';
import { strike } from '../../support/struck-writes.js';

const silent = { info() {}, warn() {}, error() {} };

/** Prepares an empty file so that something fails in it, counted from 1. */
type Fault = (database: Database.Database, name: string, failing: number) => void;

const FAULTS: [what: string, fault: Fault][] = [
  [
    'write of a row or commit',
    (database, name, failing) => {
      make(name)(database);
      new PositionTable(database);
      strike(database, failing);
    },
  ],
  ['new page', (database, _name, failing) => database.pragma(`max_page_count = ${failing}`)],
];

/** Those that are filled from the log. The others are copied from the present file. */
const FILES: [name: string, filled: string[]][] = [
  ['keys.db', ['keys_5']],
  ['projections.db', ['transparency_3', 'history_5']],
  ['analytics.db', ['activity_5', 'activity_usage_2']],
  ['projections.db', ['usage_2', 'reads_3']],
];

const ROWS = fewUnlessLong(3, FILES).flatMap(([name, filled]) =>
  FAULTS.map(([what, fault]) => ({ name, filled, what, fault })),
);

describe.each(ROWS)('a fill of $filled in which a $what fails', ({ name, filled, fault }) => {
  it('leaves the present file, and nothing else, whichever it is', async () => {
    const { directory, store } = await filledDirectory();
    const state = () => [contentOf(directory, name), filesIn(directory)];
    const before = state();
    const fillFailing = async (failing: number) => {
      const makeFailing = (file: string) => (database: Connection) => {
        if (!(database instanceof Database)) throw new TypeError('This is no database.');
        fault(database, file, failing);
        return make(file)(database);
      };
      const options = { directory, store, make: makeFailing, log: silent };
      return (await fill([request(directory, name, filled)], options)).failures;
    };
    let failing = 1;
    for (let failures = await fillFailing(failing); failures.length > 0; failures = await fillFailing(failing)) {
      expect(failures).toEqual([{ file: name, reason: expect.stringContaining('SqliteError: '), isDamage: false }]);
      expect(state()).toEqual(before);
      failing += 1;
    }
    expect(failing).toBeGreaterThan(10);
    expect(contentOf(directory, name)).toEqual(before[0]);
  });
});
