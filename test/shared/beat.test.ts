import { Beat } from '../../src/shared/beat.js';

/** The timers for which the process goes on. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** Ends that listener after so many beats. Returns what it was told. */
function listened(beat: Beat, count: number): Promise<number[]> {
  return new Promise((resolve) => {
    const told: number[] = [];
    const end = beat.listen(
      (late) => {
        told.push(late);
        if (told.length < count) return;
        end();
        resolve(told);
      },
      { isAwaited: true },
    );
  });
}

it('calls all who listen, until they end that, and begins again for the next', async () => {
  const beat = new Beat(1);
  const [first, second] = await Promise.all([listened(beat, 3), listened(beat, 5)]);
  expect([first.length, second.length]).toEqual([3, 5]);
  expect(await listened(beat, 2)).toHaveLength(2);
});

it('calls them in the same turn', async () => {
  const beat = new Beat(1);
  const called: string[] = [];
  const ends = ['first', 'second'].map((name) => beat.listen(() => void called.push(name), { isAwaited: true }));
  await listened(beat, 5);
  for (const end of ends) end();
  expect(called).toEqual(Array.from({ length: 5 }, () => ['first', 'second']).flat());
});

it('says how late it is, in milliseconds', async () => {
  const beat = new Beat(10);
  const told = listened(beat, 1);
  const start = performance.now();
  while (performance.now() < start + 60);
  const [late = 0] = await told;
  expect(late).toBeGreaterThan(40);
});

it('lets somebody wait for the nearest beat, or until the signal aborts', async () => {
  const beat = new Beat(40);
  const { signal } = new AbortController();
  const start = performance.now();
  await Promise.all([beat.wait(10, signal), listened(beat, 1)]);
  await beat.wait(110, signal);
  expect(performance.now() - start).toBeGreaterThan(120);
  const [stop, before] = [new AbortController(), timers()];
  const endless = beat.wait(1_000_000, stop.signal);
  stop.abort();
  await endless;
  await beat.wait(1_000_000, stop.signal);
  expect(timers()).toBe(before);
});

it('keeps the process running only for those for whom it is to go on', () => {
  const beat = new Beat(1000);
  const before = timers();
  const endFirst = beat.listen(() => {}, { isAwaited: false });
  expect(timers()).toBe(before);
  const endSecond = beat.listen(() => {}, { isAwaited: true });
  expect(timers()).toBe(before + 1);
  endSecond();
  expect(timers()).toBe(before);
  endFirst();
  expect(timers()).toBe(before);
});
