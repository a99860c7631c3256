import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loseFiles } from '../support/lost-files.js';
import type { SupervisedServer } from './supervised-server.js';
import type { Tally } from './tally.js';

export interface Stage {
  server: SupervisedServer;
  dataDirectory: string;
  tally: Tally;
}

/** What is done to the server, and at which part of the run. */
interface Step {
  at: number;
  what: string;
  run: (stage: Stage) => Promise<void>;
}

/** A step that was done, in seconds since the start of the run. */
export interface Done {
  what: string;
  from: number;
  to: number;
}

/** How often it is looked whether the files are filled, in milliseconds. */
const LOOK = 250;

export const PLAN: Step[] = [
  { at: 0.1, what: 'the log file is rotated', run: ({ server }) => server.rotateLog() },
  { at: 0.2, what: 'restart', run: (stage) => restart(stage, 'SIGTERM') },
  {
    at: 0.35,
    what: 'another key signs checkpoints',
    run: (stage) => restart(stage, 'SIGTERM', { KEYLEDGER_LOG_KEY: newSettingKey() }),
  },
  {
    at: 0.5,
    what: 'all projections are lost and filled anew',
    async run({ dataDirectory }) {
      const isRebuilt = await loseFiles(dataDirectory);
      while (!isRebuilt()) await delay(LOOK);
    },
  },
  { at: 0.65, what: 'kill -9 and restart', run: (stage) => restart(stage, 'SIGKILL') },
  {
    at: 0.75,
    what: 'another key makes pseudonyms',
    run: (stage) => restart(stage, 'SIGTERM', { KEYLEDGER_PSEUDONYM_KEY: newSettingKey() }),
  },
  { at: 0.9, what: 'the log file is rotated again', run: ({ server }) => server.rotateLog() },
];

/** A key as `KEYLEDGER_LOG_KEY` and `KEYLEDGER_PSEUDONYM_KEY` take it. */
export function newSettingKey(): string {
  return randomBytes(32).toString('base64');
}

/**
 * Does each step when it is due. A step that takes longer than it should puts the next one off.
 * @param after is called after each step
 */
export async function followPlan(
  stage: Stage,
  { start, milliseconds }: { start: number; milliseconds: number },
  after: () => Promise<unknown>,
): Promise<Done[]> {
  const done: Done[] = [];
  const seconds = () => (performance.now() - start) / 1000;
  for (const { at, what, run } of PLAN) {
    await delay(Math.max(0, start + at * milliseconds - performance.now()));
    const from = seconds();
    await run(stage);
    done.push({ what, from, to: seconds() });
    await after();
  }
  await delay(Math.max(0, start + milliseconds - performance.now()));
  return done;
}

async function restart(
  { server, tally }: Stage,
  signal: 'SIGTERM' | 'SIGKILL',
  changed: Record<string, string> = {},
): Promise<void> {
  tally.isDown(true);
  await server.stop(signal);
  await server.start(changed);
  tally.isDown(false);
}
