import { parseArgs } from 'node:util';
import { takeOver } from './globals.js';
import { printSum, runInProcesses } from './many.js';

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
  },
});
const { sum, processes, ...given } = values;
if (sum) process.exitCode = printSum(positionals);
else if (processes) process.exitCode = await runInProcesses(Number(processes), Number(given.from), Number(given.seeds));
else {
  takeOver();
  const { main } = await import('./main.js');
  process.exitCode = await main(given);
}
