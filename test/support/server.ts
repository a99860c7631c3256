import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLocalIssuer } from '../../src/auth/local-issuer.js';
import type { Role } from '../../src/auth/viewer.js';
import { readConfig } from '../../src/config.js';
import { COMMAND } from '../cli/run.js';
import { killLater } from './child.js';
import { newAccount } from './cleanup.js';
import { Client } from './client.js';
import { tellOnFailure } from './failure.js';

/** A `keyledger serve` that may not serve yet. */
export interface StartingServer {
  process: ChildProcess;
  /** Its whole output so far, including logs. */
  output(): string;
  /** Resolves once it and everybody else who writes its output have ended. */
  closed: Promise<unknown>;
  /** Sends that signal. Resolves with the exit code, once the output is complete; after SIGKILL, the workers of a cluster may write on. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A Keyledger in a process of its own, started as users start it. */
export interface Server extends StartingServer {
  url: string;
  dataDirectory: string;
  /** Creates a client with a token for that account. By default the subject is `tester` and the role is owner; `ttl` is in seconds. */
  client(account?: string, viewer?: { role?: Role; subject?: string; ttl?: number }): Promise<Client>;
}

type Start = [dataDirectory: string, env?: Record<string, string>, cwd?: string, args?: string[], program?: string[]];

/** Starts `keyledger serve` on a free port, by default in the current directory, and waits for nothing. */
export function launchServer(
  ...[dataDirectory, env = {}, cwd, args = [], [program = '', ...before] = [process.execPath, COMMAND]]: Start
): StartingServer {
  const child = spawn(program, [...before, 'serve', ...args], {
    env: { PATH: process.env.PATH, PORT: '0', KEYLEDGER_DATA: dataDirectory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  killLater(child);
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => written.push(text));
  tellOnFailure(child, written);
  const [exited, closed] = [once(child, 'exit'), once(child, 'close')];
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await (signal === 'SIGKILL' ? exited : closed);
    return code as number | null;
  };
  return { process: child, output: () => written.join(''), closed, end };
}

/** Like `launchServer`, but waits until it serves. */
export async function startServer(...start: Start): Promise<Server> {
  const [dataDirectory] = start;
  const launched = launchServer(...start);
  await written(launched, ADDRESS);
  const [, url = ''] = ADDRESS.exec(launched.output()) ?? [];
  return {
    ...launched,
    url,
    dataDirectory,
    async client(account = newAccount(), viewer = {}) {
      const issuer = await openLocalIssuer(join(dataDirectory, 'issuer.jwk'));
      const { claims } = readConfig({});
      return new Client(
        url,
        await issuer.issue({ account, role: 'owner', subject: 'tester', ttl: 3600, ...viewer }, claims),
        account,
      );
    },
  };
}

const ADDRESS = /answers at (\S+)\/graphql/;

/**
 * Waits until what the server has written matches the pattern, from that character on.
 * @throws Error if the server ends before
 */
export function written(server: StartingServer, pattern: RegExp, from = 0): Promise<void> {
  return whileLiving(server, () => pattern.test(server.output().slice(from)));
}

/**
 * Waits until that is so while a server, or another process, lives. Looks again after so many milliseconds.
 * @throws Error if it ends before
 */
export async function whileLiving(
  { closed, output }: Pick<StartingServer, 'closed' | 'output'>,
  isSo: () => boolean | Promise<boolean>,
  pause = 25,
): Promise<void> {
  let hasEnded = false;
  const ended = closed.then(() => {
    hasEnded = true;
  });
  for (;;) {
    // The output of what has ended is complete.
    const isLast = hasEnded;
    if (await isSo()) return;
    if (isLast) throw new Error(`It ended too early:\n${output()}`);
    await Promise.race([ended, delay(pause)]);
  }
}
