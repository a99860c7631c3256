import { freePort } from './eventstoredb-server.js';
import { type Server, startServer, whileLiving } from './server.js';

/**
 * Starts `keyledger serve --workers` and waits until all of them listen. While none of them lives, nobody holds their port: it is one that
 * no other program is given meanwhile.
 */
export async function startWorkers(count: number, dataDirectory: string, env: Record<string, string> = {}): Promise<Server> {
  const settings = { PORT: String(await freePort()), ...env };
  const server = await startServer(dataDirectory, settings, undefined, ['--workers', String(count)]);
  await untilListening(server, count);
  return server;
}

/**
 * Waits until workers have started listening that many times in all, including replacements.
 * @throws Error if the server ends before
 */
export async function untilListening(server: Server, times: number): Promise<void> {
  await whileLiving(server, () => server.output().split('"msg":"listening"').length > times);
}

/** The process ids of the running workers, the oldest first. */
export function workersOf(server: Server): number[] {
  const numbersIn = (pattern: RegExp) => [...server.output().matchAll(pattern)].map(([, pid]) => Number(pid));
  const ended = numbersIn(/"pid":(\d+),.*"msg":"a worker ended unexpectedly; it is replaced"/g);
  return numbersIn(/"pid":(\d+),"msg":"worker started"/g).filter((pid) => !ended.includes(pid));
}
