import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMMAND } from '../support/command.js';
import type { SupervisedServer } from './supervised-server.js';

const run = promisify(execFile);

/** Keeps checkpoints and public keys during the run, as an auditor does, and verifies the whole history with them afterwards. */
export class Auditor {
  readonly #directory: string;
  readonly #checkpoints: string[] = [];
  readonly #publicKeys: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Keeps the newest checkpoint, if there is one, and the public key that is in use. */
  async keep(server: SupervisedServer): Promise<void> {
    const response = await fetch(`${server.url}/v1/checkpoint`);
    if (response.ok) this.#checkpoints.push(await this.#write('checkpoint', this.#checkpoints, await response.text()));
    const { stdout } = await keyledger(server, 'log-key');
    this.#publicKeys.push(await this.#write('public-key', this.#publicKeys, stdout));
  }

  /**
   * Exports the history of the stopped server and verifies it with all that was kept.
   * @returns what `verify-log` has printed
   * @throws Error if the history is not what it was
   */
  async verify(server: SupervisedServer): Promise<string> {
    const history = join(this.#directory, 'history.ndjson');
    await exportTo(server, history);
    const kept = ['--checkpoint', ...this.#checkpoints, '--public-key', ...this.#publicKeys];
    const { stdout } = await keyledger(server, 'verify-log', history, ...kept);
    return stdout.replaceAll(join(this.#directory, '/'), '');
  }

  async #write(name: string, before: string[], text: string): Promise<string> {
    const file = join(this.#directory, `${name}-${before.length + 1}`);
    await writeFile(file, text);
    return file;
  }
}

function keyledger({ settings }: SupervisedServer, ...args: string[]) {
  return run(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH, ...settings } });
}

async function exportTo({ settings }: SupervisedServer, path: string): Promise<void> {
  const file = await open(path, 'w');
  const env = { PATH: process.env.PATH, ...settings };
  const child = spawn(process.execPath, [COMMAND, 'export'], { env, stdio: ['ignore', file.fd, 'inherit'] });
  const [code] = await once(child, 'exit');
  await file.close();
  if (code !== 0) throw new Error(`keyledger export ended with ${code}.`);
}
