import type { Answer, Call, Change, Verification } from './history.js';
import { wrongVerifications } from './revocation.js';

const STALENESS = 100;

const change = (kind: Change['kind'], process: number, start: number, answer: Answer): Call => ({
  kind,
  key: 'a',
  process,
  start,
  end: start + 1,
  ...answer,
});
const created = change('create', 1, 0, { outcome: 'done', version: 1 });
const deleted = change('delete', 1, 1000, { outcome: 'done', version: 2 });
const lost: Answer = { outcome: 'unknown' };
const verified = (process: number, start: number, outcome: Verification['outcome']): Call => ({
  kind: 'verify',
  key: 'a',
  process,
  start,
  end: start + 1,
  outcome,
});
const read = (process: number, start: number, version: number): Call => ({
  kind: 'read',
  process,
  start,
  end: start + 1,
  minVersion: 0,
  outcome: 'done',
  version,
  keys: [],
});

it.each<[string, Call[]]>([
  ['accepts a living key', [created, verified(1, 500, 'accepted'), verified(2, 500, 'accepted')]],
  ['accepts a key before its creation is answered', [created, verified(2, 0, 'accepted')]],
  ['accepts a key whose creation is of unknown outcome', [change('create', 1, 0, lost), verified(2, 500, 'accepted')]],
  ['accepts a key whose deletion is under way', [created, deleted, verified(1, 1000, 'accepted')]],
  ['accepts elsewhere a deleted key within the bound', [created, deleted, verified(2, 1100, 'accepted')]],
  ['refuses a deleted key', [created, deleted, verified(1, 1001, 'refused'), verified(2, 1001, 'refused')]],
  ['refuses a new key within the bound', [created, verified(2, 1, 'refused')]],
  ['refuses a key that was never made', [verified(2, 500, 'refused')]],
  [
    'accepts or refuses after a deletion of unknown outcome',
    [created, change('delete', 1, 1000, lost), verified(1, 2000, 'refused'), verified(2, 2000, 'accepted')],
  ],
  [
    'accepts after a deletion that was not made',
    [created, change('delete', 1, 1000, { outcome: 'unchanged' }), verified(1, 2000, 'accepted')],
  ],
  ['does not answer', [created, verified(1, 500, 'unavailable'), deleted, verified(2, 2000, 'unavailable')]],
])('is right where a process %s', (_name, history) => {
  expect(wrongVerifications(history, STALENESS)).toEqual([]);
});

it.each<[string, Call[], RegExp]>([
  ['accepts what it has deleted', [created, deleted, verified(1, 1001, 'accepted')], /had itself answered/],
  [
    'accepts what it has shown as deleted',
    [created, deleted, read(2, 1002, 2), verified(2, 1003, 'accepted')],
    /had itself answered/,
  ],
  ['accepts elsewhere after the bound', [created, deleted, verified(2, 1101, 'accepted')], /staleness bound/],
  [
    'accepts after the bound what was not found',
    [created, change('delete', 1, 990, lost), change('delete', 1, 1000, { outcome: 'refused' }), verified(2, 1101, 'accepted')],
    /staleness bound/,
  ],
  ['accepts what nobody made', [verified(2, 500, 'accepted')], /nobody had made/],
  [
    'accepts what was not made',
    [change('create', 1, 0, { outcome: 'unchanged' }), verified(2, 500, 'accepted')],
    /nobody had made/,
  ],
  ['accepts what is made later', [verified(2, 500, 'accepted'), change('create', 1, 600, lost)], /nobody had made/],
  ['refuses a living key after the bound', [created, verified(2, 101, 'refused')], /nobody had asked to delete/],
  [
    'refuses after a deletion that was not made',
    [created, change('delete', 1, 1000, { outcome: 'unchanged' }), verified(1, 2000, 'refused')],
    /nobody had asked to delete/,
  ],
  ['refuses before the deletion is asked for', [created, verified(1, 500, 'refused'), deleted], /nobody had asked to delete/],
])('is wrong where a process %s', (_name, history, why) => {
  expect(wrongVerifications(history, STALENESS)).toEqual([expect.stringMatching(why)]);
});
