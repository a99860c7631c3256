import { parseArgs } from 'node:util';
import { takeOver } from './globals.js';
import { printSum, runInProcesses } from './many.js';
import { printFindings } from './mutants.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    processes: { type: 'string' },
    sum: { type: 'boolean' },
    only: { type: 'string' },
    trace: { type: 'boolean' },
    exhaustive: { type: 'string' },
    unmerged: { type: 'boolean' },
    first: { type: 'boolean' },
    mutants: { type: 'boolean' },
  },
});
const [from, seeds] = [wholeNumber('from', values.from), atLeastOne('seeds', values.seeds)];
const { seed, only, exhaustive, trace, unmerged, first } = values;
if (values.sum) process.exitCode = printSum(positionals);
else if (values.mutants) process.exitCode = await printFindings();
else if (values.processes !== undefined)
  process.exitCode = await runInProcesses(atLeastOne('processes', values.processes), { from, seeds });
else {
  takeOver();
  const { explore, runSeeds } = await import('./main.js');
  if (exhaustive === undefined) {
    const share = seed === undefined ? { from, seeds } : { from: wholeNumber('seed', seed), seeds: 1 };
    const items = only?.split(',').map((item) => wholeNumber('only', item));
    process.exitCode = await runSeeds(share, { only: items, trace, first });
  } else {
    const [processes = '', commands = ''] = exhaustive.split('x');
    await explore(atLeastOne('exhaustive', processes), atLeastOne('exhaustive', commands), !unmerged);
  }
}

/** A number of a seed, or of an item of a plan. */
function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${option} needs whole numbers, and not "${text}".`);
  return Number(text);
}

/** How many of something. None would pass every check. */
function atLeastOne(option: string, text: string): number {
  const number = wholeNumber(option, text);
  if (number < 1) throw new Error(`--${option} must be at least 1.`);
  return number;
}
