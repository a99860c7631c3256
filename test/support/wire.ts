import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * Sends these bytes (one for each character) on a connection of their own, and resolves with the bytes that came back until it was
 * closed.
 * @param ends when this side says that nothing more comes: with the bytes, or with the first bytes of the answer. Proxies drop a request
 * whose caller has ended the connection.
 */
export async function exchange(url: string, bytes: string, ends: 'at once' | 'when answered' = 'at once'): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  if (ends === 'when answered') socket.once('data', () => socket.end());
  const received = buffer(socket).catch(() => Buffer.alloc(0));
  // The server may close the connection while bytes are still on their way to it.
  socket.on('error', () => {});
  if (ends === 'at once') socket.end(bytes, 'latin1');
  else socket.write(bytes, 'latin1');
  const answer = await received;
  socket.end();
  if (!socket.closed) await once(socket, 'close');
  return answer.toString('latin1');
}
