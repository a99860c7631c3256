import type { DescribedMetric } from '../observability/figures.js';
import { Metrics } from '../observability/metrics.js';
import { OUTCOME_NAMES } from '../observability/observer.js';
import { code, page, pageHead, table } from './markdown.js';

const OUTCOMES = OUTCOME_NAMES.map(code).join(', ');

const LABELS: Record<string, string> = {
  route: 'The route of the request, such as `/v1/verify`; `none` for an address that does not exist.',
  method: 'The HTTP method.',
  status: 'The HTTP status; 499 if the caller disconnected before there was an answer.',
  mutation: 'The name of a mutation, such as `createKey`, or `reportLeak`.',
  result: `How the mutation ended: ${OUTCOMES}.`,
  code: 'An [error code](errors.md); `OTHER` for an error without one.',
  operation: 'The operation of the event store, such as `append` or `read`.',
  outcome: `For a call of the store: ${OUTCOMES}. For a verification: \`verified\` or \`refused\`.`,
  projection: 'The name of a projection, with the number of its tables, such as `keys_5`.',
  store: 'The kind of event store.',
  version: 'The version of Keyledger.',
  commit: 'The commit that was built.',
  node: 'The version of Node.',
};

/** `docs/reference/metrics.md` */
export function metricsPage(): string {
  const metrics = new Metrics({ version: '', commit: '' });
  metrics.watchProjections(() => []);
  metrics.watchClock({ store: '', ahead: () => undefined, eventsAhead: () => 0 });
  metrics.watchMutations(() => undefined);
  metrics.watchRemovedReads(async () => ({ before: undefined, records: 0 }));
  const described = metrics.described().sort((a, b) => (a.name < b.name ? -1 : 1));
  const labels = [...new Set(described.flatMap(({ labelNames }) => labelNames))].sort();
  return page(
    pageHead(
      'Metrics',
      '`GET /metrics` answers in the text format of Prometheus, without a credential, on the same port as everything else. Metrics name no account, no key and no address that a caller sent. If the port is public, block `/metrics` in the proxy in front.',
      'With several workers, `/metrics` shows the metrics of all of them, whichever worker answers. Counters, histograms and memory are added up. For projections it shows the lowest position and the greatest age, and for event loops the greatest delay.',
      'Times are in seconds. A histogram has the series `…_bucket`, `…_sum` and `…_count`.',
    ),
    table(['Metric', 'Type', 'Labels', 'What it is'], described.map(row)),
    '## Labels',
    table(
      ['Label', 'Its values'],
      labels.map((label) => [code(label), meaningOf(label)]),
    ),
    '## Node',
    '`process_…` and `nodejs_…` are the standard metrics of [prom-client](https://github.com/siimon/prom-client): CPU, memory, event loop, garbage collection, file descriptors. One thing differs: `nodejs_eventloop_lag_…` is the delay alone. prom-client adds the interval between two samples.',
  );
}

function row({ name, type, labelNames, help }: DescribedMetric): string[] {
  return [code(name), type, labelNames.map(code).join(', '), help];
}

function meaningOf(label: string): string {
  const meaning = LABELS[label];
  if (meaning === undefined) throw new Error(`src/reference/metrics.ts does not say what the label ${label} means.`);
  return meaning;
}
