/** True if repeating tests run for long: `KEYLEDGER_TEST_LONG=1`. */
export const isLong = Boolean(process.env.KEYLEDGER_TEST_LONG);

/** The number of repetitions: enough to fail if the code is wrong, or many times that in a long run. */
export function rounds(usual: number, long: number): number {
  return isLong ? long : usual;
}

/** Like `it`, for a test of a variation whose kind the usual run sees already. The usual run skips it, and says so in its counts. */
export const itWhenLong: jest.It = isLong ? it : it.skip;

/** Like `describe`, for tests as those of `itWhenLong`. */
export const describeWhenLong: jest.Describe = isLong ? describe : describe.skip;

/** The first so many rows, or all of them in a long run. */
export function fewUnlessLong<R>(count: number, rows: readonly R[]): readonly R[] {
  return isLong ? rows : rows.slice(0, count);
}

/** A row of `describe.each`, with its `it` as the third: `it.skip` where it cannot run. */
type Row = readonly [name: string, unknown, it: jest.It, ...unknown[]];

/**
 * The rows on which slow tests of whole processes run: all of them in a long run; otherwise the last one that runs. Of the stores that is
 * EventStoreDB where it is installed.
 */
export function oneUnlessLong<R extends Row>(rows: R[]): R[] {
  return isLong ? rows : running(rows).slice(-1);
}

/** Like `oneUnlessLong`, but the first row that runs: of the stores SQLite, for tests that would start an EventStoreDB of their own. */
export function firstUnlessLong<R extends Row>(rows: R[]): R[] {
  return isLong ? rows : running(rows).slice(0, 1);
}

function running<R extends Row>(rows: R[]): R[] {
  return rows.filter(([, , runs]) => runs === it);
}
