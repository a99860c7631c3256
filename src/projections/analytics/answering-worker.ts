import { parentPort, workerData } from 'node:worker_threads';
import { type Request, replyTo } from './answering.js';

/** How long SQLite may wait for a lock, in milliseconds: nobody else waits for this thread. */
const PATIENCE = 5000;

if (!parentPort) throw new Error('This program is a thread of another one.');
const port = parentPort;
const file = String(workerData);
port.on('message', (request: Request) => port.postMessage(replyTo(request, file, PATIENCE)));
