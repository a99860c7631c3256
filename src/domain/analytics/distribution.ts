/** How often a value occurs. Values are whole numbers. */
export interface Frequency {
  value: number;
  count: number;
}

/** A range of values, from `from` (inclusive) to `to` (exclusive), and how many values are in it. */
export interface Bucket {
  from: number;
  to: number;
  count: number;
}

export interface Quantile {
  /** From 0 to 1. */
  part: number;
  value: number;
}

/** The distribution of a set of values. An empty set has no minimum and no mean. */
export interface Distribution {
  count: number;
  min: number | undefined;
  max: number | undefined;
  mean: number | undefined;
  buckets: Bucket[];
  quantiles: Quantile[];
}

/** How the distribution is to be shown. */
export interface Presentation {
  /** The maximum number of buckets. They have equal width and start at 0; if undefined, there are none. */
  buckets?: number | undefined;
  /** The quantiles to compute, each from 0 to 1. */
  quantiles: readonly number[];
}

/**
 * Computes the distribution.
 * @param frequencies values that are not negative, each value once, in ascending order
 */
export function distribution(frequencies: readonly Frequency[], { buckets, quantiles }: Presentation): Distribution {
  const count = frequencies.reduce((sum, { count }) => sum + count, 0);
  const sum = frequencies.reduce((sum, { value, count }) => sum + value * count, 0);
  const max = frequencies.at(-1)?.value;
  return {
    count,
    min: frequencies[0]?.value,
    max,
    mean: count === 0 ? undefined : sum / count,
    buckets: buckets === undefined || max === undefined ? [] : bucketsOf(frequencies, max, buckets),
    quantiles: count === 0 ? [] : quantiles.map((part) => ({ part, value: quantileOf(frequencies, count, part) })),
  };
}

/**
 * The width is the smallest whole number with which the allowed number of buckets covers the maximum. Empty buckets at the end are left
 * out.
 */
function bucketsOf(frequencies: readonly Frequency[], max: number, most: number): Bucket[] {
  const width = Math.ceil((max + 1) / most);
  const buckets = Array.from({ length: Math.floor(max / width) + 1 }, (_, index) => {
    return { from: index * width, to: (index + 1) * width, count: 0 };
  });
  for (const { value, count } of frequencies) {
    const bucket = buckets[Math.floor(value / width)];
    if (bucket) bucket.count += count;
  }
  return buckets;
}

/** The smallest value that at least this part of all values does not exceed (nearest rank). Divides: a product may be rounded up. */
function quantileOf(frequencies: readonly Frequency[], all: number, part: number): number {
  let seen = 0;
  for (const { value, count } of frequencies) {
    seen += count;
    if (seen / all >= part) return value;
  }
  throw new RangeError(`A quantile is from 0 to 1, not ${part}.`);
}
