/** On a busy machine, EventStoreDB may answer too late. A server under load says so and tries again. */
export const LATE_ANSWER = /StoreUnavailable|STORE_UNAVAILABLE|the clock of the event store cannot be read over HTTP/;

/**
 * How many uses or reads the server says that it could not record. A server that stops writes the last ones within a time limit, which a
 * busy EventStoreDB may exceed.
 */
export function lostIn(output: string): number {
  const lines = output.split('\n').filter((line) => /"msg":"(?:uses of keys|reads) could not be recorded"/.test(line));
  return lines.reduce((sum, line) => sum + Number(/"lost":(\d+)/.exec(line)?.[1]), 0);
}

/** The warnings and errors in a server's log, apart from those that the test expects. */
export function complaintsIn(output: string, ...expected: RegExp[]): string[] {
  return output
    .split('\n')
    .filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !expected.some((pattern) => pattern.test(line)));
}
