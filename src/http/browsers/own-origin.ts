import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem, sendProblem } from '../problem.js';

/** An origin as browsers write it (RFC 6454, section 6.2); `null`, for those that are secret, is none. */
const ORIGIN = /^https?:\/\/([^/]+)$/i;

const FOREIGN = problem(
  'FOREIGN_ORIGIN',
  'This address answers pages of this server alone: the header Origin must name its own origin.',
);

/** Whether a page of ours sent the request, as the browser says it in `Origin`, which no page can change. */
export function isOwnOrigin({ headers }: Pick<FastifyRequest, 'headers'>, publicUrl: URL | undefined): boolean {
  const { origin = '', host } = headers;
  const [, asked] = ORIGIN.exec(origin) ?? [];
  if (asked === undefined) return false;
  return asked.toLowerCase() === host?.toLowerCase() || origin === publicUrl?.origin;
}

/** Answers with 403 what no page of ours has sent: nobody shall be signed in or out unknowingly. @returns undefined for ours */
export function refuseForeign(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: URL | undefined,
): FastifyReply | undefined {
  return isOwnOrigin(request, publicUrl) ? undefined : sendProblem(reply, FOREIGN);
}
