import type { AppendQuestion } from './eventstoredb-appender.js';
import { inFlight, timed } from './support/bench.js';
import { answer } from './support/child.js';
import { creation } from './support/events.js';
import { openEmmett } from './support/peers.js';

const [file = ''] = process.argv.slice(2);
const store = await openEmmett(file);
let accounts = 0;
let last = append();
await last;

answer<AppendQuestion>(async ({ lanes, count }) => {
  return (1000 * count) / (await timed(() => inFlight(lanes, count, appendInTurn)));
});

/**
 * Appends one after another: if appends run at once, the first one that ends closes the connection, and with it the transaction, of all.
 */
function appendInTurn(): Promise<unknown> {
  last = last.then(append);
  return last;
}

/** Its commit sometimes fails because one of its own statements is still open. The caller then tries again. */
async function append(): Promise<unknown> {
  accounts += 1;
  const appended = store.appendToStream(`apiKeys-account-${accounts}`, [creation()]);
  return appended.catch((error: unknown) => (isBusy(error) ? append() : Promise.reject(error)));
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}
