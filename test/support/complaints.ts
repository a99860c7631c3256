/** On a busy machine, EventStoreDB may answer too late. A server under load says so and tries again. */
export const LATE_ANSWER = /StoreUnavailable|the clock of the event store cannot be read over HTTP/;

/**
 * True if the server says that it could not record uses or reads. A server that stops writes the last ones within a time limit, which a
 * busy EventStoreDB may exceed.
 */
export function losesRecords(output: string): boolean {
  return /"msg":"(?:uses of keys|reads) could not be recorded"/.test(output);
}

/** The warnings and errors in a server's log, apart from those that the test expects. */
export function complaintsIn(output: string, ...expected: RegExp[]): string[] {
  return output
    .split('\n')
    .filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !expected.some((pattern) => pattern.test(line)));
}
