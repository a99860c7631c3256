import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Refusal } from './failure.js';

/** How many requests of one connection may wait for their answers. A client that waits for each answer has one; few clients do not wait. */
export const UNANSWERED_LIMIT = 16;

/** How long a client may leave its answer unread, in milliseconds. A stream without events is pinged more often. */
const PATIENCE = 60_000;

/**
 * Bounds what a connection holds in memory: one with more requests unanswered than the limit is cut off, and so is a client that has
 * stopped reading its answer.
 *
 * A closing server finishes the requests in flight, and refuses later ones. It does not wait for idle connections, or for answers that
 * their clients do not read.
 */
export function boundUnanswered(server: FastifyInstance, patience = PATIENCE): void {
  const unanswered = new Map<Socket, number>();
  let closing = false;
  const closeIdle = () => {
    if (closing && unanswered.size === 0) server.server.closeAllConnections();
  };
  const leave = (socket: Socket) => {
    unanswered.delete(socket);
    closeIdle();
  };
  // Answers that wait behind another one emit no event when their connection ends.
  server.server.on('connection', (socket) => socket.once('close', () => leave(socket)));
  // Node goes on to parse what came with the last request of a connection that is cut off, and would make an error with its stack for each:
  // that takes longer than all else.
  server.server.prependListener('request', (request) => {
    if (request.socket.destroyed) request.destroy();
  });
  server.addHook('onRequest', ({ raw: { socket } }, { raw }, done) => {
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    raw.once('close', () => {
      const left = (unanswered.get(socket) ?? 1) - 1;
      if (left > 0) unanswered.set(socket, left);
      else leave(socket);
    });
    // Nobody gets an answer any more, so there is none.
    if (count > UNANSWERED_LIMIT) socket.destroy();
    else done(closing ? new Refusal('SHUTTING_DOWN') : undefined);
  });
  server.addHook('onSend', (_request, { raw }, _payload, done) => {
    raw.setTimeout(patience, () => raw.destroy());
    done();
  });
  server.addHook('preClose', (done) => {
    closing = true;
    closeIdle();
    done();
  });
}
