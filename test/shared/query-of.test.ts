import { queryOf } from '../../src/shared/query-of.js';

it.each([
  ['/auth/callback?code=a%20b&state=c', { code: 'a b', state: 'c' }],
  ['http://127.0.0.1/graphql?query={a?}', { query: '{a?}' }],
  ['/auth/callback?', {}],
  ['/auth/callback', {}],
])('reads the query of %s', (url, expected) => {
  expect(Object.fromEntries(queryOf(url))).toEqual(expected);
});
