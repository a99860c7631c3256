import type { FastifyBaseLogger } from 'fastify';
import { type ErrorCode, errorCodeOf, meaningOf } from '../shared/error-codes.js';
import { isLocked, TablesLocked } from '../shared/until-unlocked.js';

/** Why a request gets an error. The message is for the client. */
export interface Failure {
  code: ErrorCode;
  /** Undefined if the code's own remedy is enough. */
  message?: string | undefined;
}

/** A request is refused. */
export class Refusal extends Error implements Failure {
  constructor(
    readonly code: ErrorCode,
    message = meaningOf(code).remedy,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error codes for refusals by the HTTP server itself, by status. */
const REFUSED: ReadonlyMap<number, ErrorCode> = new Map([
  [408, 'REQUEST_TIMEOUT'],
  [413, 'BODY_TOO_LARGE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [431, 'HEADERS_TOO_LARGE'],
]);

/** The HTTP server has read the address and headers before, so any other refusal concerns the body. */
const UNREADABLE_BODY = 'The body does not match its Content-Type or its Content-Length. Correct the body or these headers.';

/** What the client is told about an error. Logs what the operator should know: never a client's fault, and an unexpected error in full. */
export function failureOf(thrown: Error & { statusCode?: number }, log: Pick<FastifyBaseLogger, 'warn' | 'error'>): Failure {
  const error = isLocked(thrown) ? new TablesLocked({ cause: thrown }) : thrown;
  const code = errorCodeOf(error);
  const { status, retryAfter } = code ? meaningOf(code) : { status: 0, retryAfter: undefined };
  if (code && status >= 400) {
    if (retryAfter !== undefined) log.warn({ err: error }, 'refused for now');
    else if (status >= 500) log.error({ err: error }, 'refused');
    return { code, message: error.message };
  }
  const { statusCode = 500 } = thrown;
  const refused = REFUSED.get(statusCode);
  if (refused) return { code: refused };
  if (statusCode < 500) return { code: 'BAD_REQUEST', message: UNREADABLE_BODY };
  log.error({ err: error }, 'request failed');
  return { code: 'INTERNAL_SERVER_ERROR' };
}
