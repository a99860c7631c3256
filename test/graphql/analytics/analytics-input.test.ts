import type { Client } from '../../support/client.js';
import { openFilledWorld } from '../../support/world.js';

let analyst: Client;
beforeAll(async () => {
  const world = await openFilledWorld({ clock: () => Date.parse('2026-06-15T12:00:00Z') });
  analyst = await world.client({ role: 'analyst' });
});

const DEFAULTS = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', interval: 'DAY', timeZone: 'UTC' };

const REVERSED = 'from (2026-02-01T00:00:00.000Z) must be before to (2026-01-01T00:00:00.000Z)';

function series(given: Partial<typeof DEFAULTS>, fields = 'points { start end local value }') {
  const { from, to, interval, timeZone } = { ...DEFAULTS, ...given };
  return analyst.send<{ analytics: { timeSeries: { points: { start: string; local: string }[] } } }>(
    `{ analytics { timeSeries(metric: KEYS_CREATED, from: "${from}", to: "${to}", interval: ${interval}, timeZone: "${timeZone}") { ${fields} } } }`,
  );
}

describe('is refused with BAD_USER_INPUT, the argument and a word of what it must be', () => {
  it.each<[what: string, given: Partial<typeof DEFAULTS>, path: string, message: string]>([
    ['a reversed range', { from: DEFAULTS.to, to: DEFAULTS.from }, 'from', REVERSED],
    ['an empty range', { to: DEFAULTS.from }, 'from', ') must be before to (2026-01-01T00:00:00.000Z)'],
    ['an unknown zone', { timeZone: 'Europe/Wilno' }, 'timeZone', 'IANA time zone database'],
    ['no zone', { timeZone: '' }, 'timeZone', 'IANA time zone database'],
    [
      '100 years by the hour',
      { from: '1970-01-01T00:00:00Z', to: '2070-01-01T00:00:00Z', interval: 'HOUR' },
      'to',
      'at most 1000',
    ],
    ['one interval too many', { to: '2028-09-27T00:00:00.001Z' }, 'to', 'at most 1000 intervals of DAY'],
    ['a time before all keys', { from: '1969-12-31T23:59:59Z' }, 'from', 'must not be before 1970'],
  ])('%s', async (_what, given, path, message) => {
    const { errors } = await series(given);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: [path] } }]);
    expect(errors?.[0]?.message).toContain(message);
  });

  it.each<[what: string, args: string, path: (string | number)[]]>([
    ['no bucket', 'buckets: 0', ['buckets']],
    ['too many buckets', 'buckets: 101', ['buckets']],
    ['a quantile beyond 1', 'quantiles: [0.5, 1.1]', ['quantiles', 1]],
    ['a negative quantile', 'quantiles: [-0.1]', ['quantiles', 0]],
    ['too many quantiles', `quantiles: [${'0.5, '.repeat(21)}]`, ['quantiles']],
  ])('%s', async (_what, args, path) => {
    const { errors } = await analyst.send(`{ analytics { distribution(metric: LIFETIME, ${args}) { count } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path } }]);
  });

  it.each(['after', 'before'])('a cursor of another kind as %s', async (side) => {
    const cursor = Buffer.from('position:7').toString('base64url');
    const { errors } = await analyst.send(`{ analytics { accountsAtLimit(${side}: "${cursor}") { totalCount } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: [side] } }]);
  });
});

it('takes as many intervals as there may be, and leaves out those that have not begun', async () => {
  const { data, errors } = await series({ to: '2028-09-27T00:00:00Z' });
  expect(errors).toBeUndefined();
  const points = data?.analytics.timeSeries.points ?? [];
  expect(points[0]?.start).toBe('2026-01-01T00:00:00.000Z');
  expect(points.at(-1)?.start).toBe('2026-06-15T00:00:00.000Z');
});

it('counts a document with three time series as within the limit of cost', async () => {
  const range = `from: "${DEFAULTS.from}", to: "${DEFAULTS.to}", interval: DAY`;
  const one = (alias: string) =>
    `${alias}: timeSeries(metric: ACTIVE_KEYS, ${range}) { position at timeZone points { start end value } }`;
  const { errors } = await analyst.send(`{ analytics { ${['a', 'b', 'c'].map(one).join(' ')} } }`);
  expect(errors).toBeUndefined();
});

it('answers for a log without events', async () => {
  const { data } = await analyst.send(`{ analytics {
    totals { position usagePosition accounts activeKeys verifications }
    distribution(metric: KEY_AGE, quantiles: [0.5]) { count min max mean buckets { count } quantiles { value } }
    accountsAtLimit { totalCount edges { cursor } }
    rotationFunnel { created rotated withOverlap successorUsed completed }
  } }`);
  expect(data).toEqual({
    analytics: {
      totals: { position: '0', usagePosition: '0', accounts: 0, activeKeys: 0, verifications: 0 },
      distribution: { count: 0, min: null, max: null, mean: null, buckets: [], quantiles: [] },
      accountsAtLimit: { totalCount: 0, edges: [] },
      rotationFunnel: { created: 0, rotated: 0, withOverlap: 0, successorUsed: 0, completed: 0 },
    },
  });
});
