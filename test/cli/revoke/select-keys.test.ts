import { KeySelection, type Selection } from '../../../src/cli/revoke/select-keys.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { encode } from '../../../src/store/codec.js';
import { created, deleted, id, START } from '../../support/specification.js';

/** An event with its date and, if the store keeps one, its commit time, in seconds from the start. */
type Dated = [event: KeyEvent, at: number, committedAt?: number];

function selected(selection: Selection, events: Dated[], present = 2000): string[] {
  const keys = new KeySelection(selection);
  for (const [place, [event, at, committedAt]] of events.entries()) {
    const past = { ...event, version: place + 1, at: new Date(START + 1000 * at).toISOString(), actor: 'owner' };
    keys.add({
      ...encode(past, 'none'),
      stream: `apiKeys-account-${place % 2}`,
      version: place + 1,
      position: place + 1,
      ...(committedAt !== undefined && { committedAt: START + 1000 * committedAt }),
    });
  }
  keys.end(START + 1000 * present);
  return keys.keys().map(({ keyId }) => keyId);
}

const before = (seconds: number) => ({ createdBefore: START + 1000 * seconds });
const [a, b, c] = [created('a'), created('b'), created('c')];

it('selects by the date of the creation, and not by what happened later', () => {
  expect(
    selected(before(2), [
      [a, 1],
      [b, 2],
      [c, 3],
    ]),
  ).toEqual([id('a')]);
  expect(selected(before(1), [[a, 1]])).toEqual([]);
  expect(
    selected(before(5), [
      [a, 1],
      [b, 2],
      [deleted('a'), 3],
    ]),
  ).toEqual([id('b')]);
});

it('selects by the commit time of the store if that is earlier, and by the date if that is', () => {
  expect(
    selected(before(2), [
      [a, 1000, 1],
      [b, 1000, 2],
    ]),
  ).toEqual([id('a')]);
  expect(selected(before(2), [[a, 1, 1000]])).toEqual([id('a')]);
});

it('selects a key that a clock which was ahead has dated later, since it stands before an earlier event', () => {
  expect(
    selected(before(5), [
      [a, 1000],
      [b, 1],
      [c, 9],
    ]),
  ).toEqual([id('a'), id('b')].sort());
  expect(
    selected(before(5), [
      [a, 1000],
      [deleted('a'), 1000],
      [b, 1],
    ]),
  ).toEqual([id('b')]);
});

it('selects a key that is dated after the present, if the store does not keep when it was committed', () => {
  expect(selected(before(5), [[a, 1000]], 999)).toEqual([id('a')]);
  expect(selected(before(5), [[a, 1000]], 1000)).toEqual([]);
  expect(selected(before(5), [[a, 1000, 6]], 999)).toEqual([]);
  expect(
    selected(
      before(5),
      [
        [a, 1000],
        [deleted('a'), 1000],
      ],
      999,
    ),
  ).toEqual([]);
  expect(selected({ key: id('b') }, [[a, 1000]], 999)).toEqual([]);
});

it('selects one key, or those of one account', () => {
  expect(
    selected({ key: id('b') }, [
      [a, 1],
      [b, 2],
    ]),
  ).toEqual([id('b')]);
  expect(
    selected({ account: 'account-0' }, [
      [a, 1],
      [b, 2],
      [c, 3],
    ]),
  ).toEqual([id('a'), id('c')]);
});
