import { createVerifier, type VerifierOptions } from '../../src/verify/verifier.js';

const url = 'http://127.0.0.1:4000';
/** As JavaScript may call it. */
const create = (options: object) => () => createVerifier({ url, ...options } as VerifierOptions);

it.each([
  [{ url: 'keyledger:4000' }, '`url` must be the address of Keyledger'],
  [{ url: '' }, '`url` must be the address of Keyledger'],
  [{ url: undefined }, "`url` must be the address of Keyledger: { url: 'http://127.0.0.1:4000' }"],
  [{ url: 'http://user:secret@keyledger' }, '`url` must have no user name'],
  [{ url: 'http://keyledger/?scope=read' }, '`url` must have no user name, no password, no query'],
  [{ timeout: 0 }, '`timeout` must be a whole number from 1 to 300000'],
  [{ timeout: '2s' }, '`timeout` must be a whole number'],
  [{ timeout: Number.NaN }, '`timeout` must be a whole number'],
  [{ onUnavailable: 'allow' }, '`onUnavailable` must be a function'],
  [{ cache: true }, '`cache` must be an object'],
  [{ cache: {} }, '`cache.deletedKeysWorkFor` must be a whole number from 1 to 60000'],
  [{ cache: { deletedKeysWorkFor: 3_600_000 } }, '`cache.deletedKeysWorkFor` must be a whole number'],
  [{ cache: { deletedKeysWorkFor: 1000, size: Number.POSITIVE_INFINITY } }, '`cache.size` must be a whole number'],
  [{ cache: { deletedKeysWorkFor: 1000, ttl: 5 } }, 'There is no option `ttl`'],
  [{ scopes: ['read'] }, 'There is no option `scopes`'],
])('refuses %j, and says why', (options, message) => {
  expect(create(options)).toThrow(TypeError);
  expect(create(options)).toThrow(message);
});

const OPTIONS = "`createVerifier` needs an object with options: { url: 'http://127.0.0.1:4000' }";
const ROUTE = "The options of a route must be an object: { scopes: ['read'] }";

it.each([[undefined], [null], [url], [4000], [[url]], [() => url]])('says what to pass instead of %p', (options: unknown) => {
  expect(() => Reflect.apply(createVerifier, undefined, [options])).toThrow(new TypeError(OPTIONS));
});

it('never repeats the password of an address', () => {
  expect(create({ url: 'http://user:hunter2@keyledger' })).not.toThrow('hunter2');
});

describe.each(['fastify', 'express', 'hono'] as const)('%s', (framework) => {
  it.each([
    [null, ROUTE],
    ['read', ROUTE],
    [['read'], ROUTE],
    [{ scope: 'read' }, 'There is no option `scope`'],
    [{ scopes: 'read' }, '`scopes` must be a list'],
    [{ scopes: ['read write'] }, 'A scope has no spaces'],
    [{ scopes: [''] }, 'A scope has no spaces'],
    [{ scopes: [undefined] }, 'A scope has no spaces'],
  ])('refuses %j at once, before a route is open without its check', (route, message) => {
    const verifier = createVerifier({ url });
    expect(() => verifier[framework](route as { scopes: string[] })).toThrow(message);
  });
});

it.each([[null], ['read'], [['read']]])('`verify` refuses %j as its options, and says what to pass', async (options) => {
  const verifier = createVerifier({ url });
  const asked = Reflect.apply(verifier.verify, undefined, ['Bearer kls_secret', options]);
  await expect(asked).rejects.toThrow(new TypeError("The options of `verify` must be an object: { scopes: ['read'] }"));
});

it.each([[undefined], [{ scopes: ['read'] }]])('`node` refuses %j instead of a listener at once', (listener: unknown) => {
  const verifier = createVerifier({ url });
  const message = '`node` needs the listener to wrap: verifier.node((request, response) => { … })';
  expect(() => Reflect.apply(verifier.node, undefined, [listener])).toThrow(new TypeError(message));
});

it.each([[undefined], [null], ['request']])('`keyOf` has no key for %j, and says why', (request: unknown) => {
  const verifier = createVerifier({ url });
  expect(() => Reflect.apply(verifier.keyOf, undefined, [request])).toThrow('Keyledger has verified no key for this request');
});
