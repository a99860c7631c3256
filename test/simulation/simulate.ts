import { parseArgs } from 'node:util';
import { takeOver } from './globals.js';

takeOver();
const { main } = await import('./main.js');
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    only: { type: 'string' },
    trace: { type: 'boolean' },
    exhaustive: { type: 'string' },
    unmerged: { type: 'boolean' },
    first: { type: 'boolean' },
  },
});
process.exitCode = await main(values);
