import { runInNewContext, runInThisContext } from 'node:vm';
import { withFileName } from '../../src/shared/file-fault.js';

const full = "Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })";

it.each([
  ['', runInThisContext(full)],
  [' whose classes are not ours', runInNewContext(full)],
])('names the file of an error of SQLite%s, once', (_whose, error) => {
  const named = withFileName(error, 'keys.db');
  expect(named).toMatchObject({ message: 'keys.db: database or disk is full', code: 'SQLITE_FULL', cause: error });
  expect(withFileName(named, 'other.db')).toBe(named);
});

it.each([undefined, 'SQLITE_FULL', new Error('none'), Object.assign(new Error('none'), { code: 'ENOENT' })])(
  'returns %p as it is',
  (error) => expect(withFileName(error, 'keys.db')).toBe(error),
);
