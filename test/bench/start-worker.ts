import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import { untilFilled } from '../support/readiness.js';
import { answer } from './support/child.js';
import type { StartUp } from './support/start-up.js';
import { usedSoFar } from './support/used.js';

const [directory = '', until = ''] = process.argv.slice(2);
const blocks = monitorEventLoopDelay({ resolution: 10 });

answer<object>(async (): Promise<StartUp> => {
  const config = readConfig({ PORT: '0', KEYLEDGER_DATA: directory });
  const app = await createApp({ config, log: createLog('warn') });
  blocks.enable();
  const url = await app.start();
  blocks.reset();
  await (until === 'filled' ? untilFilled({ url }) : app.ready);
  const milliseconds = performance.now();
  await app.stop();
  return { milliseconds, megabytes: usedSoFar().megabytes, longestBlock: blocks.max / 1e6 };
});
