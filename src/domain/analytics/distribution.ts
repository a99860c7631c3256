/** How often a value occurs; values are whole numbers. */
export interface Frequency {
  value: number;
  count: number;
}

/** From the first value to before the second, so many. */
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

/** How values are distributed. Of none, there is neither a least nor a mean. */
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
  /** How many buckets of one width at most, from 0 on; none where it is undefined. */
  buckets?: number | undefined;
  /** Which quantiles, each from 0 to 1. */
  quantiles: readonly number[];
}

/** @param frequencies of values that are not negative, each value once, the least first */
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

/** Their width is the least whole number with which that many reach beyond the greatest value; those that are not needed are left out. */
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

/** The least value that so great a part of all values does not exceed (the nearest rank). */
function quantileOf(frequencies: readonly Frequency[], all: number, part: number): number {
  const rank = Math.max(1, Math.ceil(part * all));
  let seen = 0;
  for (const { value, count } of frequencies) {
    seen += count;
    if (seen >= rank) return value;
  }
  throw new RangeError(`Of ${all} values none has the rank ${rank}.`);
}
