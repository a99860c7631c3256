import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Spent, startProfile } from './profile.js';

interface Reply {
  answer?: unknown;
  error?: string;
}

/** Every child answers it by itself. */
interface ProfileQuestion {
  profile: 'start' | 'stop';
}

/** A process of its own that answers one question after another. */
export interface Child<Q, A> {
  ask(question: Q): Promise<A>;
  /** What its main thread spends on each unit of the work. The work answers with how many units it did. */
  profiled(work: () => Promise<number>): Promise<Spent>;
  stop(): Promise<void>;
}

/** Some libraries check their callers unless they are told that this is no development. The image tells them, too. */
const ENV = { ...process.env, NODE_ENV: 'production' };

/** Starts a module that calls `answer`, with these arguments. Shows its standard error, but not its standard output. */
export function startChild<Q extends object, A>(module: URL, ...args: string[]): Child<Q, A> {
  const child = fork(module, args, { env: ENV, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ask = async (question: object) => {
    child.send(question);
    const { answer, error } = await reply(child);
    if (error !== undefined) throw new Error(error);
    return answer;
  };
  return {
    ask: async (question) => (await ask(question)) as A,
    async profiled(work) {
      await ask({ profile: 'start' } satisfies ProfileQuestion);
      const units = await work();
      const spent = (await ask({ profile: 'stop' } satisfies ProfileQuestion)) as Spent;
      return Object.fromEntries(Object.entries(spent).map(([origin, used]) => [origin, used / units]));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Runs a module that answers one question, in a process of its own, so that its time and memory are measured alone. */
export async function runChild<A>(module: URL, ...args: string[]): Promise<A> {
  const child = startChild<object, A>(module, ...args);
  try {
    return await child.ask({});
  } finally {
    await child.stop();
  }
}

/** Call it in the child: answers the parent's questions until the parent ends. */
export function answer<Q extends object>(respond: (question: Q) => unknown): void {
  let stopProfile: Awaited<ReturnType<typeof startProfile>> | undefined;
  const profile = async (what: ProfileQuestion['profile']) => {
    if (what === 'stop') return stopProfile?.();
    stopProfile = await startProfile();
    return undefined;
  };
  process.on('disconnect', () => process.exit());
  process.on('message', async (question: Q | ProfileQuestion) => {
    const reply: Reply = await Promise.resolve()
      .then(() => ('profile' in question ? profile(question.profile) : respond(question)))
      .then(
        (answer) => ({ answer }),
        (error) => ({ error: error instanceof Error ? `${error.stack}` : String(error) }),
      );
    process.send?.(reply);
  });
}

function reply(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve) => {
    const ended = (code: number | null) => resolve({ error: `The child ended with code ${code}.` });
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Reply);
    });
  });
}
