import { parentPort, workerData } from 'node:worker_threads';
import { fill } from '../projections/engine/fill.js';
import { projectionsOf } from '../projections/projections-of.js';
import { openStore } from '../store/open.js';
import type { FillingReply, FillingTask } from './filling-thread.js';
import { logThrough } from './thread-log.js';

if (!parentPort) throw new Error('This program is a thread of another one.');
const port = parentPort;
const task: FillingTask = workerData;

const stop = new AbortController();
port.once('message', () => stop.abort());
port.unref();

const store = await openStore(task.store, { staleness: task.staleness });
try {
  const filled = await fill(task.requests, {
    directory: task.dataDirectory,
    store,
    make: projectionsOf(task.pseudonymKey),
    log: logThrough(port),
    signal: stop.signal,
  });
  port.postMessage({ type: 'ended', filled } satisfies FillingReply);
} finally {
  await store.close();
}
