import type { Checkpoint } from '../../../src/domain/transparency/checkpoint.js';
import { isKnownName, isOriginOf, originOf, type PastOrigin } from '../../../src/domain/transparency/log-origin.js';
import { at, START } from '../../support/specification.js';

/** A new origin after a loss, with the last checkpoint under the one before if there was one. */
function opened(id: string, previous?: Checkpoint): PastOrigin {
  const kept = previous && { ...previous, root: Buffer.from(previous.root).toString('base64') };
  return { type: 'OriginOpened', data: { previous: kept }, id, at: at(START), actor: 'operator' };
}

const previous = (origin: string): Checkpoint => ({ origin, size: 5, root: Buffer.alloc(32, 9) });

it.each<[name: string, opened: PastOrigin[], previous: Checkpoint | undefined]>([
  ['keyledger/first', [], undefined],
  ['keyledger/first/loss', [opened('loss')], undefined],
  [
    'keyledger/first/later',
    [opened('loss'), opened('later', previous('keyledger/first/loss'))],
    previous('keyledger/first/loss'),
  ],
])('has the name %s from its last loss on', (name, opened, previous) => {
  expect(originOf('first', opened)).toEqual({ name, previous });
});

const LOSSES = [opened('loss', previous('keyledger/other')), opened('later')];

it.each([
  ['keyledger/first', true],
  ['keyledger/first/loss', true],
  ['keyledger/first/later', true],
  ['keyledger/other', true],
  ['keyledger/first/never', false],
  ['keyledger/second', false],
  ['loss', false],
])('knows the names that it has had, and one that it replaced: %s', (name, known) => {
  expect(isKnownName(name, 'first', LOSSES)).toBe(known);
});

it.each([
  ['keyledger/first', true],
  ['keyledger/first/any', true],
  ['keyledger/first-other', false],
  ['other/keyledger/first/', false],
  ['keyledger/second', false],
])('is a name of the log, whatever it lost: %s', (name, own) => {
  expect(isOriginOf(name, 'first')).toBe(own);
});
