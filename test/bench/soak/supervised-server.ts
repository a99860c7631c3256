import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, renameSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { readinessOf } from '../../support/readiness.js';
import { addressIn, COMMAND } from '../support/command.js';

/** How often a server is asked whether it is ready, in milliseconds. */
const LOOK = 50;

/** A `keyledger serve` under a supervisor, which writes what comes from standard error to a file. */
export class SupervisedServer {
  readonly #dataDirectory: string;
  readonly #logFile: string;
  #settings: Record<string, string>;
  #log: WriteStream;
  #rotated = 0;
  #process: ChildProcess | undefined;
  #url = 'http://127.0.0.1:0';

  constructor(dataDirectory: string, logFile: string, settings: Record<string, string>) {
    this.#dataDirectory = dataDirectory;
    this.#logFile = logFile;
    this.#settings = settings;
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  /** The origin. It stays the same when the server is started again. */
  get url(): string {
    return this.#url;
  }

  get settings(): Record<string, string> {
    return { KEYLEDGER_DATA: this.#dataDirectory, ...this.#settings };
  }

  /** Starts it with these settings instead of those before, and waits until it verifies keys. */
  async start(changed: Record<string, string> = {}): Promise<void> {
    this.#settings = { ...this.#settings, ...changed };
    const env = { PATH: process.env.PATH, PORT: new URL(this.#url).port, ...this.settings };
    const child = spawn(process.execPath, [COMMAND, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stderr.on('data', (text) => this.#log.write(text));
    this.#url = await addressIn(child.stdout);
    child.stdout.resume();
    while ((await readinessOf(this)).status !== 200) await delay(LOOK);
  }

  /** @throws Error if it does not end as it should: with code 0 at SIGTERM, and by nothing else than the signal at SIGKILL */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server has ended by itself: ${child?.exitCode ?? child?.signalCode}.`);
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
    const isRight = signal === 'SIGTERM' ? child.exitCode === 0 : child.signalCode === signal;
    if (!isRight) throw new Error(`The server ended with ${child.exitCode ?? child.signalCode} at ${signal}.`);
  }

  /** Ends it whatever it does. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Moves the log file away and opens a new one, as log rotation does. The server notices nothing. */
  async rotateLog(): Promise<void> {
    this.#rotated += 1;
    renameSync(this.#logFile, `${this.#logFile}.${this.#rotated}`);
    const before = this.#log;
    this.#log = createWriteStream(this.#logFile, { flags: 'a' });
    before.end();
    await Promise.all([once(before, 'finish'), once(this.#log, 'open')]);
  }

  /** How often each warning and each error was logged, by its text. */
  async complaints(): Promise<Record<string, number>> {
    const files = Array.from({ length: this.#rotated }, (_, index) => `${this.#logFile}.${index + 1}`);
    const counts: Record<string, number> = {};
    for (const file of [...files, this.#logFile]) {
      for await (const line of createInterface({ input: createReadStream(file) })) {
        const [, level, message] = /"level":"(warn|error|fatal)".*"msg":"((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
        if (level !== undefined) counts[`${level}: ${message}`] = (counts[`${level}: ${message}`] ?? 0) + 1;
      }
    }
    return counts;
  }
}
