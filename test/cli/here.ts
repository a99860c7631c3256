import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import { runProgram } from '../../src/cli/program.js';
import { type Outcome, withoutWaits } from './run.js';

class Captured extends Writable {
  readonly #pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(piece);
    done();
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

const outputs = new AsyncLocalStorage<{ stdout: Captured; stderr: Captured }>();
for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name];
  Object.defineProperty(process, name, { configurable: true, get: () => outputs.getStore()?.[name] ?? stream });
}

/**
 * Runs a command of `keyledger` like `keyledger` in `run.ts`, but in this process: the start of a process costs more than most commands.
 * Each command has tests that start it.
 */
export async function here(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const output = { stdout: new Captured(), stderr: new Captured() };
  const code = await outputs.run(output, () => runProgram(args, env));
  return { code, stdout: output.stdout.text(), stderr: withoutWaits(output.stderr.text()) };
}
