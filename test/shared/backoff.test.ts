import { Backoff } from '../../src/shared/backoff.js';

const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

it('doubles the wait up to the longest', () => {
  expect(waits(new Backoff({ first: 20, longest: 100 }), 5)).toEqual([20, 40, 80, 100, 100]);
});

it('starts at the first wait again after a success', () => {
  const backoff = new Backoff({ first: 20, longest: 100 });
  waits(backoff, 3);
  backoff.reset();
  expect(waits(backoff, 2)).toEqual([20, 40]);
});

it('starts at the first wait again after a time without failures', () => {
  const backoff = new Backoff({ first: 20, longest: 100, calm: -1 });
  expect(waits(backoff, 3)).toEqual([20, 20, 20]);
});

it('leaves out no more of a wait than the jitter allows', () => {
  for (const wait of waits(new Backoff({ first: 64, longest: 64, jitter: 0.5 }), 100)) {
    expect(wait).toBeGreaterThan(32);
    expect(wait).toBeLessThanOrEqual(64);
  }
});

it('ends a wait early if the signal aborts', async () => {
  await new Backoff({ first: 2 ** 31 - 1, longest: 2 ** 31 - 1 }).wait(AbortSignal.abort());
});
