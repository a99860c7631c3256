import { parentPort, workerData } from 'node:worker_threads';
import { Projecting } from '../projections/engine/projecting.js';
import type { ProjectRequest } from '../projections/engine/projector.js';
import { projectionsOf } from '../projections/projections-of.js';
import { openStore } from '../store/open.js';
import type { ProjectingReply } from './projecting-thread.js';
import type { ThreadTask } from './thread.js';
import { logThrough } from './thread-log.js';

if (!parentPort) throw new Error('This program is a thread of another one.');
const port = parentPort;
const { dataDirectory: directory, store: location, pseudonymKey }: ThreadTask = workerData;
const reply = (message: ProjectingReply) => port.postMessage(message);

const store = await openStore(location);
const projecting = new Projecting({ directory, store, make: projectionsOf(pseudonymKey), log: logThrough(port) });
let working = Promise.resolve();

port.on('message', (message: ProjectRequest[] | 'end') => {
  working = working.then(() => (message === 'end' ? end() : project(message)));
});
reply({ type: 'ready' });

async function project(requests: ProjectRequest[]): Promise<void> {
  reply({ type: 'done', leftOut: await projecting.project(requests) });
}

async function end(): Promise<void> {
  projecting.close();
  await store.close();
  port.close();
}
