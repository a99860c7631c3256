import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rounds } from '../support/long.js';
import type { Summary } from './main.js';

const HERE = import.meta.dirname;

/** Runs `npm run simulate -- …`. Rejects, with all that it has printed, if a seed fails. */
async function simulate(...args: string[]): Promise<Summary> {
  const program = ['--import', join(HERE, 'register.mjs'), join(HERE, 'simulate.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, [...program, ...args], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

it('keeps every promise in a simulated world, whatever fails', async () => {
  const seeds = rounds(60, 2000);
  const { failed } = await simulate('--seeds', String(seeds));
  expect(failed).toEqual([]);
}, 3_600_000);

it('plays a seed the same way each time', async () => {
  const [one, other] = await Promise.all([simulate('--seed', '7'), simulate('--seed', '7')]);
  expect(one).toEqual(other);
  expect(one.trace).not.toBe((await simulate('--seed', '8')).trace);
});
