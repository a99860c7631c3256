import { ReadsProjection } from '../../../src/projections/audit/reads.js';
import Database from '../../../src/shared/sqlite.js';
import { encode } from '../../../src/store/codec.js';
import { at, START } from '../../support/specification.js';

/** The reads of these actors, at these milliseconds after the start. */
function filled(...reads: [actor: string, elapsed: number][]): ReadsProjection {
  const projection = new ReadsProjection(new Database(':memory:'));
  projection.apply(
    reads.map(([actor, elapsed], index) => {
      const data = { what: 'events', filter: { account: `account-${index}` }, times: index + 1 };
      const event = encode({ type: 'HistoryRead', data, at: at(START + elapsed), actor }, 'none', `id-${index}`);
      return { ...event, stream: `apiKeyReads-${actor}`, version: 1, position: 7 * (index + 1) };
    }),
  );
  return projection;
}

const log = filled(['alice', 0], ['bob', 10], ['alice', 30], ['bob', 20], ['alice', 40]);
const places = (reads: { position: number }[]) => reads.map(({ position }) => position / 7);

it('tells who read what, when and how often', () => {
  expect(log.page({ actor: 'bob' }, { limit: 1 })).toEqual([
    { position: 14, at: START + 10, actor: 'bob', what: 'events', filter: { account: 'account-1' }, times: 2 },
  ]);
});

it.each([
  [{}, [1, 2, 3, 4, 5]],
  [{ actor: 'alice' }, [1, 3, 5]],
  [{ actor: 'nobody' }, []],
])('finds by %j, in the order of the records', (filter, expected) => {
  expect(places(log.page(filter, { limit: 10 }))).toEqual(expected);
  expect(places(log.page(filter, { limit: 10, backward: true }))).toEqual(expected.toReversed());
});

it.each([
  [{}, { from: START + 10 }, [2, 4, 3, 5]],
  [{}, { from: START + 20 }, [4, 3, 5]],
  [{}, { to: START + 30 }, [1, 2, 4]],
  [{ actor: 'bob' }, { from: START + 10, to: START + 20 }, [2]],
  [{ actor: 'bob' }, { from: START + 11 }, [4]],
  [{}, { from: START + 41 }, []],
  [{}, { to: START + 41 }, [1, 2, 4, 3, 5]],
])('finds by %j and %j, each by its own time and in that order', (filter, range, expected) => {
  expect(places(log.pageOfTime(filter, range, { limit: 10 }))).toEqual(expected);
  expect(places(log.pageOfTime(filter, range, { limit: 10, backward: true }))).toEqual(expected.toReversed());
});

it('gives a part of them', () => {
  expect(places(log.page({}, { limit: 2, after: 7 }))).toEqual([2, 3]);
  expect(places(log.page({}, { limit: 2, before: 35, backward: true }))).toEqual([4, 3]);
});

it('leaves out what is no read, and tells of it', () => {
  const event = { id: 'id', type: 'HistoryRead', schemaVersion: 1, data: { what: 'events', filter: {}, times: 0 } };
  const metadata = { at: at(START), actor: 'alice', correlationId: 'none' };
  const recorded = { ...event, metadata, stream: 'apiKeyReads-alice', version: 1, position: 99 };
  expect(log.apply([recorded])).toEqual([{ event: recorded, reason: expect.stringContaining('cannot be read') }]);
});
