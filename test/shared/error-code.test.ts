import { runInNewContext } from 'node:vm';
import { codeOf, hasCode } from '../../src/shared/error-code.js';

it('finds the code of an error whose classes are not ours', () => {
  const foreign: unknown = runInNewContext("Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT_INDEX' })");
  expect(foreign).not.toBeInstanceOf(Error);
  expect(codeOf(foreign)).toBe('SQLITE_CORRUPT_INDEX');
  expect(hasCode(foreign, 'SQLITE_CORRUPT')).toBe(true);
});

it.each([undefined, null, 'SQLITE_CORRUPT', new Error('none'), { code: 11 }])('finds none in %p', (error) => {
  expect(codeOf(error)).toBeUndefined();
  expect(hasCode(error, '')).toBe(false);
});
