import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { halt, resume } from '../support/halt.js';
import { launchServer, type StartingServer } from '../support/server.js';
import type { Victim } from './cluster.js';
import type { Machine } from './network.js';

const PORT = 4000;

/** A Keyledger on a machine, with projections of its own. */
export class Service implements Victim {
  readonly #directory = temporaryDirectory();
  readonly #env: Record<string, string>;
  #server: StartingServer | undefined;
  /** What it has written before it died by itself, if it has. */
  readonly deaths: string[] = [];

  /** @param issuer the file with the key of the issuer of tokens */
  constructor(
    readonly machine: Machine,
    issuer: string,
    env: Record<string, string>,
  ) {
    this.#env = { HOST: machine.address, PORT: String(PORT), ...env };
    copyFileSync(issuer, join(this.#directory, 'issuer.jwk'));
    this.start();
  }

  get url(): string {
    return `http://${this.machine.address}:${PORT}`;
  }

  start(): void {
    const program = [...this.machine.run, process.execPath, COMMAND];
    const server = launchServer(this.#directory, this.#env, undefined, [], program);
    this.#server = server;
    server.process.once('close', () => {
      if (this.#server === server) this.deaths.push(server.output());
    });
  }

  async kill(): Promise<void> {
    const server = this.#running;
    this.#server = undefined;
    await server.end('SIGKILL');
  }

  async pause(): Promise<void> {
    await halt(this.#running.process.pid ?? 0);
  }

  resume(): void {
    resume(this.#running.process.pid ?? 0);
  }

  /** Ends it in order. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    const server = this.#running;
    this.#server = undefined;
    return server.end('SIGTERM');
  }

  get #running(): StartingServer {
    if (!this.#server) throw new Error('Keyledger does not run.');
    return this.#server;
  }
}
