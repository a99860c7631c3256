import type { AppendQuestion } from './eventstoredb-appender.js';
import { inFlight, timed } from './support/bench.js';
import { answer } from './support/child.js';
import { openEmmett } from './support/emmett.js';
import { creation } from './support/events.js';

const [file = ''] = process.argv.slice(2);
const emmett = await openEmmett(file);
let accounts = 0;
await append();

answer<AppendQuestion>(async ({ lanes, count }) => {
  return (1000 * count) / (await timed(() => inFlight(lanes, count, append)));
});

function append(): Promise<unknown> {
  accounts += 1;
  return emmett.append(`apiKeys-account-${accounts}`, [creation()]);
}
