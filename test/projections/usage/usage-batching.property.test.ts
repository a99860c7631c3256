import fc from 'fast-check';
import type { Counted, CountedQuarter, UsageEvent } from '../../../src/domain/usage/key-usage.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { digestsByBatches } from '../../support/digests.js';
import { rounds } from '../../support/long.js';
import { id } from '../../support/specification.js';
import { closed, FIRST_DAY, recordUsage, refused, totalled, used } from '../../support/usage-events.js';

const day = fc.constantFrom(FIRST_DAY, '2026-01-02');
const counted: fc.Arbitrary<Counted[]> = fc.uniqueArray(
  fc.tuple(fc.constantFrom(id('a'), id('b')), fc.integer({ min: 1, max: 5 }), fc.constant(0), fc.nat(9)),
  { selector: ([name]) => name, maxLength: 2 },
);
const quarters: fc.Arbitrary<CountedQuarter[]> = fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })), {
  selector: ([quarter]) => quarter,
  maxLength: 2,
});

/** An event and its writer, whether or not it makes sense after those before it. */
const event: fc.Arbitrary<[UsageEvent, string]> = fc.tuple(
  fc.oneof(
    { arbitrary: fc.tuple(counted, quarters, day).map((data) => used(...data)), weight: 4 },
    fc.tuple(counted, quarters, day).map((data) => refused(...data)),
    day.map((on) => closed(on)),
    fc
      .tuple(fc.subarray(['a', 'b'], { minLength: 1 }), counted, quarters, day)
      .map(([writers, uses, verifications, on]) => totalled(writers, { uses, verifications }, { day: on })),
  ),
  fc.constantFrom('a', 'b'),
);

it('gives both projections the same tables, whether they take the events one by one or at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12, size: 'max' }), async (events) => {
      const store = new SqliteEventStore(':memory:');
      for (const [each, writer] of events) await recordUsage(store, each, writer);
      const { oneByOne, atOnce } = await digestsByBatches(store, 'apiKeyUsage');
      await store.close();
      expect(Object.keys(oneByOne)).toHaveLength(2);
      expect(oneByOne).toEqual(atOnce);
    }),
    { numRuns: rounds(200, 800) },
  );
});
