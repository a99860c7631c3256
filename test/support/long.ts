/** True if repeating tests run for long: `KEYLEDGER_TEST_LONG=1`. */
const IS_LONG = Boolean(process.env.KEYLEDGER_TEST_LONG);

/** The number of repetitions: enough to fail if the code is wrong, or many times that in a long run. */
export function rounds(usual: number, long: number): number {
  return IS_LONG ? long : usual;
}
