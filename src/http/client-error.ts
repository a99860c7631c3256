import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../shared/error-codes.js';
import { problem } from './problem.js';

/** The error codes for faults that the HTTP parser finds, by the parser's codes. Anything else is not HTTP. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'REQUEST_TIMEOUT'],
  ['HPE_HEADER_OVERFLOW', 'HEADERS_TOO_LARGE'],
]);

/** Answers a request that cannot be parsed with a problem, like any other, and closes the connection. */
export function answerClientError({ code = '' }: NodeJS.ErrnoException, socket: Socket, publicOrigin: string): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const { status, bodyAt } = problem(CODES.get(code) ?? 'BAD_REQUEST');
  const body = bodyAt(publicOrigin);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  if (socket.writable) socket.write([...head, '', body].join('\r\n'));
  socket.destroy();
}
