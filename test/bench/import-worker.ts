import { importLog } from '../../src/cli/commands/import.js';
import { readConfig } from '../../src/config.js';
import { timed } from './support/bench.js';
import { answer } from './support/child.js';

const [KEYLEDGER_DATA = '', KEYLEDGER_STORE = ''] = process.argv.slice(2);

/** Runs `keyledger import`. The answer is its duration in milliseconds, without that of the process's start. */
answer<object>(() => timed(() => importLog(readConfig({ KEYLEDGER_DATA, KEYLEDGER_STORE }), {})));
