import { Histogram, type Registry } from 'prom-client';

export interface RequestHistogramOptions {
  name: string;
  help: string;
  /** The upper bounds of the buckets, in seconds, in ascending order. */
  buckets: number[];
  registers: Registry[];
}

/** The requests with the same labels. The last count is of those above all bounds. */
interface Series {
  route: string;
  method: string;
  status: number;
  counts: number[];
  sum: number;
}

/**
 * A histogram of requests by route, method and status, counted by hand: prom-client takes more than a microsecond to find a series by its
 * labels, and a whole verification takes few.
 */
export class RequestHistogram extends Histogram<'route' | 'method' | 'status'> {
  readonly #options: RequestHistogramOptions;
  readonly #series = new Map<string, Series[]>();

  constructor(options: RequestHistogramOptions) {
    super({ ...options, labelNames: ['route', 'method', 'status'] });
    this.#options = options;
  }

  /** @param seconds how long the request took */
  record(route: string, method: string, status: number, seconds: number): void {
    const series = this.#find(route, method, status);
    const { buckets } = this.#options;
    let bucket = 0;
    while (bucket < buckets.length && seconds > (buckets[bucket] ?? 0)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  /** What prom-client takes all values from. */
  getForPromString() {
    const { name, help } = this.#options;
    const values = [...this.#series.values()].flat().flatMap((series) => this.#valuesOf(series));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  #find(route: string, method: string, status: number): Series {
    const ofRoute = this.#series.get(route) ?? [];
    const known = ofRoute.find((series) => series.status === status && series.method === method);
    if (known) return known;
    const series = { route, method, status, counts: Array(this.#options.buckets.length + 1).fill(0), sum: 0 };
    this.#series.set(route, [...ofRoute, series]);
    return series;
  }

  #valuesOf({ counts, sum, ...sharedLabels }: Series) {
    const { name, buckets } = this.#options;
    const bounds = [...buckets, '+Inf'];
    let count = 0;
    const below = bounds.map((le, bucket) => {
      count += counts[bucket] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: count };
    });
    return [
      ...below,
      { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
      { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
    ];
  }
}
