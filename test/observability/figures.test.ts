import { expositionOf, totalOf } from '../../src/observability/figures.js';
import { Metrics } from '../../src/observability/metrics.js';
import { parseExposition, valueIn } from '../support/exposition.js';

/** One of several processes. */
function openProcess(position: number, age: number | undefined): Metrics {
  const metrics = new Metrics({ version: '1.2.3', commit: 'unknown' });
  metrics.watchProjections(() => [{ name: 'keys_5', position, age, failure: undefined, quarantined: 0, leftOut: 0 }]);
  return metrics;
}

const told = async (processes: Metrics[]) =>
  parseExposition(await expositionOf(await Promise.all(processes.map((one) => one.figures()))));

it('adds up what is counted and timed, series by series', async () => {
  const [one, other] = [openProcess(1, 0), openProcess(1, 0)];
  one.recordVerification(true, 0.02);
  other.recordVerification(true, 4);
  other.recordVerification(false, undefined);
  one.recordRequest('/livez', 'GET', 200, 1);
  other.recordRequest('/livez', 'GET', 200, 20_000);
  other.recordRequest('/readyz', 'GET', 503, 1);
  const families = await told([one, other]);
  expect(valueIn(families, 'keyledger_verifications_total', { outcome: 'verified' })).toBe(2);
  expect(valueIn(families, 'keyledger_verifications_total', { outcome: 'refused' })).toBe(1);
  expect(valueIn(families, 'keyledger_verification_duration_seconds_count')).toBe(2);
  expect(valueIn(families, 'keyledger_verification_duration_seconds_bucket', { le: '0.000025' })).toBe(1);
  const livez = { route: '/livez', method: 'GET', status: '200' };
  expect(valueIn(families, 'keyledger_http_requests_total', livez)).toBe(2);
  expect(valueIn(families, 'keyledger_http_request_duration_seconds_bucket', { ...livez, le: '15' })).toBe(1);
  expect(valueIn(families, 'keyledger_http_request_duration_seconds_bucket', { ...livez, le: '+Inf' })).toBe(2);
  expect(valueIn(families, 'keyledger_http_requests_total', { route: '/readyz', status: '503' })).toBe(1);
});

it('tells of the projection that is farthest behind, and of the one that looked longest ago', async () => {
  const families = await told([openProcess(7, 1000), openProcess(5, 3000), openProcess(9, undefined)]);
  expect(valueIn(families, 'keyledger_projection_position', { projection: 'keys_5' })).toBe(5);
  expect(valueIn(families, 'keyledger_projection_age_seconds', { projection: 'keys_5' })).toBe(3);
});

it('has every metric that a single process has, but the time of its start', async () => {
  const single = openProcess(1, 0);
  const names = parseExposition(await single.exposition()).map(({ name }) => name);
  const together = (await told([single, openProcess(1, 0)])).map(({ name }) => name);
  expect(names.filter((name) => !together.includes(name))).toEqual(['process_start_time_seconds']);
});

it('adds up memory, and shows the worst event loop', async () => {
  const gauge = async (name: string, values: number[]) => {
    const figures = await Promise.all(
      values.map(async (value) =>
        (await openProcess(1, 0).figures()).map((metric) =>
          metric.name === name ? { ...metric, values: [{ value, labels: {} }] } : metric,
        ),
      ),
    );
    return valueIn(parseExposition(await expositionOf(figures)), name);
  };
  expect(await gauge('process_resident_memory_bytes', [1000, 2000])).toBe(3000);
  expect(await gauge('nodejs_eventloop_lag_p99_seconds', [0.01, 2, 0.01])).toBe(2);
});

it('leaves out what is not a number, for that of another process', async () => {
  const metrics = openProcess(1, 0);
  // Each reading starts a new measurement, and the second one has no values yet.
  await metrics.figures();
  const values = (await metrics.figures()).flatMap((metric) => metric.values.map(({ value }) => value));
  expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
});

it('keeps of those that are gone what only grows, however many they are', async () => {
  const gone = openProcess(3, 0);
  gone.recordRequest('/livez', 'GET', 200, 1);
  gone.recordVerification(true, 0.02);
  const figures = await gone.figures();
  const total = totalOf([totalOf([[], figures]), figures]);
  expect(new Set(total.map(({ type }) => type))).toEqual(new Set(['counter', 'histogram']));
  const families = parseExposition(await expositionOf([total]));
  expect(valueIn(families, 'keyledger_http_requests_total', { route: '/livez' })).toBe(2);
  expect(valueIn(families, 'keyledger_http_request_duration_seconds_count', { route: '/livez' })).toBe(2);
  expect(valueIn(families, 'keyledger_verifications_total', { outcome: 'verified' })).toBe(2);
});

it('counts nothing twice when several ask at once', async () => {
  const metrics = openProcess(1, 0);
  metrics.recordRequest('/livez', 'GET', 200, 1);
  metrics.recordVerification(true, 0.02);
  const asked = await Promise.all([
    metrics.exposition(),
    metrics.figures().then((one) => expositionOf([one])),
    metrics.exposition(),
  ]);
  for (const families of asked.map(parseExposition)) {
    expect(valueIn(families, 'keyledger_http_requests_total', { route: '/livez' })).toBe(1);
    expect(valueIn(families, 'keyledger_verifications_total', { outcome: 'verified' })).toBe(1);
  }
});
