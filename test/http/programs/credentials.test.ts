import { credentialsIn } from '../../../src/http/programs/credentials.js';

const basic = (text: string) => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];

it('finds none where there is no header', () => {
  expect(credentialsIn(['Host', 'example', 'X-Authorization', 'Basic YTpi'])).toBeUndefined();
});

it.each([
  ['id:secret', 'id', 'secret'],
  ['id:a:secret', 'id', 'a:secret'],
  [':secret', '', 'secret'],
  ['id:', 'id', ''],
  ['ïd:sécret', 'ïd', 'sécret'],
])('splits %s at the first colon, as UTF-8', (text, keyId, secret) => {
  expect(credentialsIn(['Host', 'example', ...basic(text)])).toEqual({ scheme: 'Basic', keyId, secret });
});

it('takes a bearer token for a secret alone', () => {
  expect(credentialsIn(['authorization', 'bearer abc.~+/-_=='])).toEqual({
    scheme: 'Bearer',
    keyId: undefined,
    secret: 'abc.~+/-_==',
  });
});

it('makes credentials of no key out of what cannot be read', () => {
  expect(credentialsIn(basic('no colon'))).toEqual({ scheme: 'Basic', keyId: '', secret: '' });
  expect(credentialsIn(['Authorization', 'Bearer a b'])).toEqual({ scheme: 'Bearer', keyId: undefined, secret: '' });
  expect(credentialsIn([...basic('id:secret'), ...basic('id:secret')])).toEqual({ scheme: undefined, keyId: '', secret: '' });
});
