import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem, sendProblem } from '../problem.js';

/** An origin as browsers write it (RFC 6454, section 6.2). Does not match `null`, which stands for an opaque origin. */
const ORIGIN = /^https?:\/\/([^/]+)$/i;

const FOREIGN = problem(
  'FOREIGN_ORIGIN',
  "Only pages of this server may use this address: the header Origin must be the server's own origin.",
);

/** True if one of our pages sent the request, by the browser's `Origin` header, which no page can change. */
export function isOwnOrigin({ headers }: Pick<FastifyRequest, 'headers'>, publicUrl: URL | undefined): boolean {
  const { origin = '', host } = headers;
  const [, asked] = ORIGIN.exec(origin) ?? [];
  if (asked === undefined) return false;
  return asked.toLowerCase() === host?.toLowerCase() || origin === publicUrl?.origin;
}

/**
 * Answers with 403 unless one of our pages sent the request: nobody should be signed in or out without knowing.
 * @returns undefined for our own pages
 */
export function refuseForeign(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: URL | undefined,
): FastifyReply | undefined {
  return isOwnOrigin(request, publicUrl) ? undefined : sendProblem(reply, FOREIGN);
}
