import { type Counted, countsOf, dayOf, type UsageEvent, type UsageKind } from '../../../src/domain/usage/key-usage.js';
import { id } from '../../support/specification.js';

const day = '2026-11-23';
const uses: Counted[] = [[id('a'), 3, 1000, 900_000]];
const refusals: Counted[] = [['acme', 2, 0, 5]];

it.each<[what: string, event: UsageEvent, counts: [UsageKind, Counted[]][]]>([
  [
    'uses',
    { type: 'KeysUsed', data: { day, uses, quarters: [[4, 3]] } },
    [
      ['uses', uses],
      ['verifications', [['4', 3, 0, 0]]],
    ],
  ],
  [
    'refusals',
    { type: 'CreatesRefused', data: { day, refusals, quarters: [[95, 2]] } },
    [
      ['refusals', refusals],
      ['createsRefused', [['95', 2, 0, 0]]],
    ],
  ],
  ['nothing at the end of a day', { type: 'UsageClosed', data: { day } }, []],
  [
    'totals',
    { type: 'UsageTotalled', data: { day, writers: ['w'], uses, refusals, verifications: [[1, 3]], createsRefused: [[2, 2]] } },
    [
      ['uses', uses],
      ['refusals', refusals],
      ['verifications', [['1', 3, 0, 0]]],
      ['createsRefused', [['2', 2, 0, 0]]],
    ],
  ],
])('counts %s by their kind', (_what, event, counts) => {
  expect(countsOf(event)).toEqual(counts);
});

it('is the day in UTC, whichever day was asked for before', () => {
  const instants = ['2026-11-23T00:00:00.000Z', '2026-11-23T23:59:59.999Z', '2026-11-24T00:00:00.000Z'];
  expect(instants.map((instant) => dayOf(Date.parse(instant)))).toEqual(['2026-11-23', '2026-11-23', '2026-11-24']);
  expect(dayOf(-1)).toBe('1969-12-31');
});
