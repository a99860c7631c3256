import { runInNewContext } from 'node:vm';
import { asError } from '../../src/shared/as-error.js';

it('keeps an error, also one of another realm', () => {
  const foreign: unknown = runInNewContext("Object.assign(new Error('elsewhere'), { code: 'SQLITE_BUSY' })");
  expect(foreign instanceof Error).toBe(false);
  for (const error of [new TypeError('here'), foreign]) expect(asError(error)).toBe(error);
});

it.each([['a text'], [undefined], [null], [{ reason: 'none' }]])('makes an error of %p', (thrown) => {
  const error = asError(thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).toBe(String(thrown));
});
