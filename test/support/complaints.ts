/** On a busy machine, EventStoreDB may answer too late. A server under load says so and tries again. */
export const LATE_ANSWER = /StoreUnavailable/;

/** The warnings and errors in a server's log, apart from those that the test expects. */
export function complaintsIn(output: string, ...expected: RegExp[]): string[] {
  return output
    .split('\n')
    .filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !expected.some((pattern) => pattern.test(line)));
}
