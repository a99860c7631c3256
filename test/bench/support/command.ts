import { createInterface } from 'node:readline';

/** The command as it is built. npm runs benchmarks in the project's directory. */
export const COMMAND = 'dist/server/keyledger.js';

/** The origin that a `keyledger serve` names on its standard output. @throws Error if it ends before */
export async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, address] = /answers at (\S+)\/graphql/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The server ended at once.');
}
