import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { figuresOf } from '../../src/observability/figures.js';
import { RequestHistogram } from '../../src/observability/request-histogram.js';
import { rounds } from '../support/long.js';

const FIGURE = { name: 'requests_seconds', help: 'The time of a request.', buckets: [0.001, 0.01, 0.1] };

const request = fc.record({
  route: fc.constantFrom('/v1/verify', '/graphql', 'none'),
  method: fc.constantFrom('GET', 'POST', '_OTHER'),
  status: fc.constantFrom(200, 401, 503),
  seconds: fc.oneof(fc.constantFrom(0, 0.001, 0.01, 0.1), fc.double({ min: 0, max: 1, noNaN: true })),
});

it('shows the same as the histogram of prom-client, as text and as figures', async () => {
  const property = fc.asyncProperty(fc.array(request, { maxLength: 30, size: 'max' }), async (requests) => {
    const [own, usual] = [new Registry(), new Registry()];
    const counted = new RequestHistogram({ ...FIGURE, registers: [own] });
    const expected = new Histogram({ ...FIGURE, labelNames: ['route', 'method', 'status'], registers: [usual] });
    for (const { route, method, status, seconds } of requests) {
      counted.record(route, method, status, seconds);
      expected.observe({ route, method, status }, seconds);
    }
    const linesOf = async (registry: Registry) => (await registry.metrics()).split('\n').sort();
    expect(await linesOf(own)).toEqual(await linesOf(usual));
    const valuesIn = async (registry: Registry) =>
      (await figuresOf(registry)).flatMap(({ values }) => values.map((value) => JSON.stringify(value)));
    expect((await valuesIn(own)).sort()).toEqual((await valuesIn(usual)).sort());
  });
  await fc.assert(property, { numRuns: rounds(20, 500) });
});
