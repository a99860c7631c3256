import { accountAsOf } from '../../../src/domain/audit/as-of.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { at, created, deleted, expirySet, id, pastEvent, START } from '../../support/specification.js';

/** The events, one second apart from the start on. */
function stream(...events: KeyEvent[]) {
  return events.map((event, index) => pastEvent(event, index + 1));
}

const states = async (...args: Parameters<typeof accountAsOf>) =>
  (await accountAsOf(...args)).keys.map(({ keyId, couldAuthenticate }) => [keyId, couldAuthenticate]);

it('counts an event from its very instant on', async () => {
  const events = stream(created('a'), deleted('a'));
  expect(await states(events, START - 1)).toEqual([]);
  expect(await states(events, START)).toEqual([[id('a'), true]]);
  expect(await states(events, START + 999)).toEqual([[id('a'), true]]);
  expect(await states(events, START + 1000)).toEqual([]);
});

it('tells that an expired key was held and could not authenticate', async () => {
  const events = stream(created('a', { expiresAt: at(START + 500) }));
  expect(await states(events, START + 499)).toEqual([[id('a'), true]]);
  expect(await states(events, START + 500)).toEqual([[id('a'), false]]);
});

it('knows an overlap only from the rotation on', async () => {
  const events = stream(created('a'), created('b', { replaces: id('a') }), expirySet('a', START + 5000));
  expect((await accountAsOf(events, START + 1999)).keys[0]?.expiresAt).toBeUndefined();
  expect(await states(events, START + 4999)).toEqual([
    [id('a'), true],
    [id('b'), true],
  ]);
  expect(await states(events, START + 5000)).toEqual([
    [id('a'), false],
    [id('b'), true],
  ]);
});

it('knows a key that expired before its creation is dated: one that a wrong clock has dated, and that never could authenticate then', async () => {
  const events = stream(created('a'), deleted('a'), created('b', { expiresAt: at(START + 500) }));
  expect(await states(events, START + 1999)).toEqual([]);
  expect(await states(events, START + 2000)).toEqual([[id('b'), false]]);
});
