import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND } from '../cli/run.js';
import { hasEnded } from './child.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { freePort } from './eventstoredb-server.js';
import { ROOT } from './pages.js';

/** The ports that pages and examples name: Keyledger, a proxy, a service, EventStoreDB. */
const PORTS = ['4000', '8080', '3000', '2113'];
const NAMED_PORT = new RegExp(`(?<=127\\.0\\.0\\.1:|localhost:|listen[ (]|http://:|PORT=)(${PORTS.join('|')})\\b`, 'g');

/** Replacements for `npm` and `npx`. They run the same programs at once and without a network. As with npm, an option before `--` is not the program's. */
const SHIMS = {
  keyledger: `exec "${process.execPath}" "${COMMAND}" "$@"`,
  npx: `case "$1 $2 $3" in
  "--no -- keyledger") shift 3 ;;
  "--no keyledger -"*) echo "npm takes the option $3: write -- before keyledger"; exit 64 ;;
  "--no keyledger "*) shift 2 ;;
  *) exit 64 ;;
esac
exec keyledger "$@"`,
  npm: `case "$1 $2" in
  "ci ") exit ;;
  "start "|"start --") ;;
  *) echo "npm takes the option $2: write -- before it"; exit 64 ;;
esac
shift
[ "$1" = -- ] && shift
exec keyledger serve "$@"`,
  duckdb: `exec "${process.execPath}" "${join(ROOT, 'test/support/duckdb.mjs')}" "$@"`,
};

/** The result of a block of commands. */
export interface Ended {
  code: number;
  /** Standard output and standard error. */
  output: string;
}

/** A command that goes on running. */
export interface Running {
  /** Its output so far. */
  output(): string;
  /** Resolves once it has ended, and its output is complete. */
  closed: Promise<unknown>;
}

/** An empty folder like that of a reader who follows a page, with the examples and the commands. Ports are replaced by free ones. */
export class PageFolder {
  readonly #ports: Map<string, string>;
  readonly #directory: string;
  readonly #terminals = new Map<string, ChildProcess>();
  readonly #shell: ChildProcess;
  #output = '';

  private constructor(ports: Map<string, string>) {
    this.#ports = ports;
    this.#directory = temporaryDirectory();
    this.#fill();
    this.#shell = this.#spawn('exec sh -e', (text) => (this.#output += text));
    cleanUpLater(() => this.end());
  }

  static async open(): Promise<PageFolder> {
    const ports = await Promise.all(PORTS.map(async (port) => [port, String(await freePort())] as const));
    return new PageFolder(new Map(ports));
  }

  /** The address of the Keyledger that the page starts. */
  get url(): string {
    return `http://127.0.0.1:${this.portOf('4000')}`;
  }

  /** The free port that replaces the one which the page names. */
  portOf(named: string): number {
    return Number(this.#ports.get(named));
  }

  /** Runs commands in the one shell that all blocks of the page share. */
  async run(commands: string, { mayFail = false } = {}): Promise<Ended> {
    this.#output = '';
    const [before, after] = mayFail ? ['set +e\n', 'set -e\n'] : ['', ''];
    this.#shell.stdin?.write(`${before}{\n${this.#real(commands)}\n} < /dev/null\nprintf '␞%s␞' $?\n${after}`);
    for (;;) {
      const [, output, code] = /^(.*)␞(\d+)␞$/s.exec(this.#output) ?? [];
      if (output !== undefined) return { code: Number(code), output: this.#named(output) };
      if (hasEnded(this.#shell)) return { code: this.#shell.exitCode ?? 1, output: this.#named(this.#output) };
      await delay(25);
    }
  }

  /** Runs a command in a terminal of its own, and stops what ran there before. */
  async keepRunning(terminal: string, command: string): Promise<Running> {
    await this.stop(terminal);
    let written = '';
    const child = this.#spawn(this.#real(command), (text) => (written += text));
    this.#terminals.set(terminal, child);
    return { output: () => this.#named(written), closed: once(child, 'close') };
  }

  /** Presses Ctrl-C in that terminal. */
  async stop(terminal: string): Promise<void> {
    const running = this.#terminals.get(terminal);
    this.#terminals.delete(terminal);
    if (running) await endGroup(running, 'SIGINT');
  }

  async end(): Promise<void> {
    for (const terminal of this.#terminals.keys()) await this.stop(terminal);
    this.#shell.stdin?.end();
    await endGroup(this.#shell, 'SIGKILL');
  }

  #fill(): void {
    cpSync(join(ROOT, 'examples'), join(this.#directory, 'examples'), { recursive: true });
    for (const path of readdirSync(join(this.#directory, 'examples'), { recursive: true, encoding: 'utf8' })) {
      const file = join(this.#directory, 'examples', path);
      if (statSync(file).isFile()) writeFileSync(file, this.#real(readFileSync(file, 'utf8')));
    }
    for (const path of ['schema', 'node_modules']) symlinkSync(join(ROOT, path), join(this.#directory, path));
    const commands = join(this.#directory, '.commands');
    mkdirSync(commands);
    for (const [name, script] of Object.entries(SHIMS)) {
      writeFileSync(join(commands, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(commands, name), 0o755);
    }
  }

  /** Runs a command. Both of its outputs go through one pipe, so that what it writes is heard in the order in which it is written. */
  #spawn(command: string, hear: (text: string) => void): ChildProcess {
    const PATH = `${join(this.#directory, '.commands')}:${process.env.PATH}:/usr/sbin`;
    const env = { PATH, HOME: this.#directory, PORT: this.#ports.get('4000'), LC_ALL: 'C.UTF-8' };
    const child = spawn('sh', ['-c', `exec 2>&1\n${command}`], { cwd: this.#directory, env, detached: true });
    child.stdout.setEncoding('utf8').on('data', hear);
    return child;
  }

  #real(text: string): string {
    return text.replace(NAMED_PORT, (port) => this.#ports.get(port) ?? port);
  }

  #named(text: string): string {
    return [...this.#ports].reduce((named, [port, real]) => named.replaceAll(`:${real}`, `:${port}`), text);
  }
}

/** Ends a process and its children. */
async function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, signal);
  await exited;
}
