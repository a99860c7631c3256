import { distribution, type Frequency } from '../../../src/domain/analytics/distribution.js';

/** 0 once, 3 twice, 7 four times and 10 once. */
const frequencies: Frequency[] = [
  { value: 0, count: 1 },
  { value: 3, count: 2 },
  { value: 7, count: 4 },
  { value: 10, count: 1 },
];

it('has the number, the extremes and the mean of all values', () => {
  expect(distribution(frequencies, { quantiles: [] })).toEqual({
    count: 8,
    min: 0,
    max: 10,
    mean: 5.5,
    buckets: [],
    quantiles: [],
  });
});

it('has nothing but its number if there is no value', () => {
  expect(distribution([], { buckets: 5, quantiles: [0.5] })).toEqual({
    count: 0,
    min: undefined,
    max: undefined,
    mean: undefined,
    buckets: [],
    quantiles: [],
  });
});

it.each([
  [1, 11, [8]],
  [5, 3, [1, 2, 4, 1]],
  [10, 2, [1, 2, 0, 4, 0, 1]],
  [100, 1, [1, 0, 0, 2, 0, 0, 0, 4, 0, 0, 1]],
])('with at most %i buckets, their width is %i, and the last holds the maximum', (buckets, width, counts) => {
  expect(distribution(frequencies, { buckets, quantiles: [] }).buckets).toEqual(
    counts.map((count, index) => ({ from: index * width, to: (index + 1) * width, count })),
  );
});

it.each([
  [0, 0],
  [0.125, 0],
  [0.126, 3],
  [0.375, 3],
  [0.5, 7],
  [0.875, 7],
  [0.876, 10],
  [1, 10],
])('has for the quantile %d the smallest value that this part does not exceed: %i', (part, value) => {
  expect(distribution(frequencies, { quantiles: [part] }).quantiles).toEqual([{ part, value }]);
});

it('has for each hundredth of a hundred values the value of that rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => ({ value: index + 1, count: 1 }));
  const { quantiles } = distribution(hundred, { quantiles: hundred.map(({ value }) => value / 100) });
  expect(quantiles.map(({ value }) => value)).toEqual(hundred.map(({ value }) => value));
});

it('has no quantile above 1', () => {
  expect(() => distribution(frequencies, { quantiles: [1.1] })).toThrow(new RangeError('A quantile is from 0 to 1, not 1.1.'));
});
