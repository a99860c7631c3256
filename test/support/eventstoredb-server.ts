import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long a server may take to start, in milliseconds. It is long because the machine may be busy; a server that cannot start ends by
 * itself.
 */
const START_LIMIT = 300_000;

/** The server's own limits of a write, in milliseconds. Its defaults are two seconds, after which an append is of unknown outcome. */
const WRITE_LIMITS = ['prepare', 'commit', 'write'].flatMap((phase) => [`--${phase}-timeout-ms`, '60000']);

/** True if an `eventstored` is on the PATH. Jest loads its global set-up by itself, so this file can import no other of ours. */
export function isInstalled(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v eventstored'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A real EventStoreDB of one node, without TLS, on a port of its own. */
export class EventStoreDbServer {
  readonly #storage: readonly string[];
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> | undefined;
  /** A directory with the output of the process, until it is ready. */
  #starting = '';

  /**
   * Does not start the server yet.
   * @param database its directory; without one it forgets everything when it ends
   * @param options further options of its command line
   */
  constructor(
    readonly port: number,
    database?: string,
    options: readonly string[] = [],
  ) {
    this.#storage = [...(database === undefined ? ['--mem-db'] : ['--db', database]), ...options];
  }

  /** Starts a server and waits until it is ready. */
  static async start(database?: string, options: readonly string[] = []): Promise<EventStoreDbServer> {
    const server = new EventStoreDbServer(await freePort(), database, options);
    await server.start();
    return server;
  }

  get connectionString(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Throws if it does not run. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('eventstored is not running.');
    return pid;
  }

  /** Starts the process without waiting until it is ready. */
  spawn(): void {
    const address = ['--node-ip', '127.0.0.1', '--node-port', String(this.port)];
    const options = ['--insecure', '--disable-log-file', '--enable-atom-pub-over-http=false'];
    this.#starting = mkdtempSync(join(tmpdir(), 'keyledger-'));
    // A file, since a pipe that this process is too busy to read would hold the server up.
    const output = openSync(this.#output, 'w');
    const args = [...options, ...WRITE_LIMITS, ...address, ...this.#storage];
    this.#process = spawn('eventstored', args, { stdio: ['ignore', output, output] });
    this.#exited = once(this.#process, 'exit');
    closeSync(output);
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  async ready(): Promise<void> {
    for (const end = Date.now() + START_LIMIT; Date.now() < end; await delay(100)) {
      const ended = this.#process?.exitCode ?? this.#process?.signalCode;
      if (ended != null) throw new Error(`eventstored ended too early (${ended}):\n${readFileSync(this.#output, 'utf8')}`);
      // Another program that has the port may never answer.
      if (await Promise.race([this.#isLeader(), this.#exited?.then(() => false)])) return this.#forgetOutput();
    }
    throw new Error(`eventstored was not ready within ${START_LIMIT} ms.`);
  }

  get #output(): string {
    return join(this.#starting, 'output');
  }

  #forgetOutput(): void {
    rmSync(this.#starting, { recursive: true, force: true });
  }

  /** True once the server is its own leader. Its health check is good before that, while it still refuses appends. */
  async #isLeader(): Promise<boolean> {
    const gossip = await fetch(`http://127.0.0.1:${this.port}/gossip?format=json`).catch(() => undefined);
    return gossip?.ok === true && /"state":\s*"Leader"/.test(await gossip.text());
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    this.#forgetOutput();
    process.kill('SIGKILL');
    await this.#exited;
  }

  /** `kill -9`, then a new process over the same database, ready. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Makes the server begin to remove the events that it hides. */
  async scavenge(): Promise<void> {
    const { ok, status } = await fetch(`http://127.0.0.1:${this.port}/admin/scavenge`, { method: 'POST' });
    if (!ok) throw new Error(`The server does not scavenge: ${status}.`);
  }
}

/** Fails if the environment names another major version of Node: tests on the wrong one prove nothing. */
function requireNode(): void {
  const wanted = process.env.KEYLEDGER_TEST_NODE;
  const [actual] = process.versions.node.split('.');
  if (wanted !== undefined && wanted !== actual)
    throw new Error(`These tests are for Node ${wanted}; this is ${process.version}.`);
}

/** The ports of `freePort`: those of each worker of Jest, below the ones that Linux gives to programs that ask for any. */
const PORTS = { first: 20_000, each: 2000, workers: 6 };
const given = new Set<number>();

/** A port that nobody listens on, and that nobody is given by chance before it is used. */
export async function freePort(): Promise<number> {
  const first = PORTS.first + PORTS.each * (Number(process.env.JEST_WORKER_ID ?? 0) % PORTS.workers);
  for (;;) {
    const port = first + randomInt(PORTS.each);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * Jest's global set-up. Starts the server that all test files share, unless the environment names another; and one for tests that leave
 * behind events that no Keyledger would write or could read.
 */
export default async function startShared(): Promise<void> {
  requireNode();
  const given = process.env.KEYLEDGER_TEST_ESDB;
  if (!isInstalled()) {
    if (given !== undefined) return;
    process.stderr.write(
      '\nTHE EVENTSTOREDB TESTS ARE SKIPPED: no eventstored on the PATH, and KEYLEDGER_TEST_ESDB is not set.\n',
    );
    return;
  }
  const [scratch, shared] = await Promise.all([
    EventStoreDbServer.start(),
    given === undefined ? EventStoreDbServer.start() : undefined,
  ]);
  process.env.KEYLEDGER_TEST_ESDB_SCRATCH = scratch.connectionString;
  process.env.KEYLEDGER_TEST_ESDB = given ?? shared?.connectionString;
  Object.assign(globalThis, { stopSharedEventStoreDb: () => Promise.all([scratch.kill(), shared?.kill()]) });
}
