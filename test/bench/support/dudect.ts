import { randomBytes } from 'node:crypto';
import { median } from './bench.js';

/** A greater |t| means that the durations of the two classes differ (Reparaz, Balasch and Verbauwhede, 2017). */
export const THRESHOLD = 4.5;

/** How many times the longest durations are cropped, a little more each time. */
const CROPPINGS = 100;

/** The share of the measurements that warms up, and decides where durations are cropped. */
const WARM_UP = 0.1;

/** With fewer measurements of a class, t says nothing. */
const ENOUGH = 100;

/** How many inputs are made before they are used. */
const BATCH = 1000;

interface Measured {
  /** In nanoseconds, in the order of the measurements. */
  durations: Float64Array;
  /** 0 or 1, the class of each input. */
  classes: Uint8Array;
}

/**
 * Dudect's test: whether the duration of the work depends on the class of its input. The classes alternate at random. Each input is a new
 * string in a row of others, so the processor's caches hold none of them longer than the other.
 * @param inputOf makes an input of each class; all of them are ASCII and have the same length
 * @returns the largest |t| of Welch's test over all croppings, and the median of the durations in nanoseconds
 */
export function dudect(
  measurements: number,
  inputOf: readonly [() => string, () => string],
  work: (input: string) => unknown,
): { t: number; median: number } {
  const measured = { durations: new Float64Array(measurements), classes: new Uint8Array(measurements) };
  for (let first = 0; first < measurements; first += BATCH) measureBatch(measured, first, inputOf, work);
  const warmUp = Math.floor(measurements * WARM_UP);
  const sorted = measured.durations.slice(0, warmUp).sort();
  const bounds = Array.from(
    { length: CROPPINGS },
    (_, place) => sorted[Math.floor(warmUp * (1 - 0.5 ** ((10 * (place + 1)) / CROPPINGS)))] ?? Number.POSITIVE_INFINITY,
  );
  const t = Math.max(...[Number.POSITIVE_INFINITY, ...bounds].map((bound) => Math.abs(welch(measured, warmUp, bound))));
  return { t, median: median([...measured.durations.subarray(warmUp)]) };
}

function measureBatch(
  { durations, classes }: Measured,
  first: number,
  inputOf: readonly [() => string, () => string],
  work: (input: string) => unknown,
): void {
  const chosen = randomBytes(Math.min(BATCH, durations.length - first)).map((byte) => byte & 1);
  const inputs = Array.from(chosen, (one) => inputOf[one === 0 ? 0 : 1]());
  const [{ length } = ''] = inputs;
  const row = Buffer.from(inputs.join(''), 'latin1');
  classes.set(chosen, first);
  for (let place = 0; place < chosen.length; place += 1) {
    const input = row.toString('latin1', place * length, (place + 1) * length);
    const start = performance.now();
    work(input);
    durations[first + place] = 1e6 * (performance.now() - start);
  }
}

/** The t of Welch's test over the durations below that bound; 0 if there are too few. */
function welch({ durations, classes }: Measured, from: number, bound: number): number {
  const counts: Pair = [0, 0];
  const means: Pair = [0, 0];
  const squares: Pair = [0, 0];
  for (let place = from; place < durations.length; place += 1) {
    const duration = durations[place] ?? 0;
    if (duration >= bound) continue;
    const one = classes[place] === 0 ? 0 : 1;
    counts[one] += 1;
    const difference = duration - means[one];
    means[one] += difference / counts[one];
    squares[one] += difference * (duration - means[one]);
  }
  if (Math.min(...counts) < ENOUGH) return 0;
  const errorOf = (one: 0 | 1) => squares[one] / (counts[one] - 1) / counts[one];
  return (means[0] - means[1]) / Math.sqrt(errorOf(0) + errorOf(1));
}

type Pair = [number, number];
