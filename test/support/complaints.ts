/** On a busy machine, EventStoreDB may answer too late. A server says so and tries again. */
const LATE_ANSWER = /"code":"STORE_UNAVAILABLE"|StoreUnavailable/;

/** The warnings and errors in a server's log, apart from those that the test expects. */
export function complaintsIn(output: string, expected?: RegExp): string[] {
  return output
    .split('\n')
    .filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !LATE_ANSWER.test(line) && !expected?.test(line));
}
