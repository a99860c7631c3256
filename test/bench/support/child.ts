import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Reply {
  answer?: unknown;
  error?: string;
}

/** A process of its own that answers one question after another. */
export interface Child<Q, A> {
  ask(question: Q): Promise<A>;
  stop(): Promise<void>;
}

/** Starts a module that calls `answer`, with these arguments. Shows its standard error, but not its standard output. */
export function startChild<Q extends object, A>(module: URL, ...args: string[]): Child<Q, A> {
  const child = fork(module, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    async ask(question) {
      child.send(question);
      const { answer, error } = await reply(child);
      if (error !== undefined) throw new Error(error);
      return answer as A;
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
export function answer<Q>(respond: (question: Q) => unknown): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async (question: Q) => {
    const reply: Reply = await Promise.resolve()
      .then(() => respond(question))
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
