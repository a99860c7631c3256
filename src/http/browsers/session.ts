import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';
import { onlyMethods } from '../only-methods.js';
import { problem, sendProblem } from '../problem.js';
import type { SecurityLog } from '../security-log.js';
import { refuseForeign } from './own-origin.js';
import type { RenewalCookie } from './renewal-cookie.js';
import type { SessionCookie } from './session-cookie.js';

export interface SessionRoutesOptions {
  session: SessionCookie;
  /** Undefined if people sign in here, not at an identity provider. */
  renewal: RenewalCookie | undefined;
  /** Exchanges a ticket for a token, once; undefined if the ticket is not valid. If this function is missing, there are no tickets. */
  redeem: ((ticket: string) => Promise<string | undefined>) | undefined;
  securityLog: SecurityLog;
}

const BODY = z.object({ ticket: z.string() });

const MALFORMED = problem('BAD_REQUEST', 'Send the ticket as JSON, {"ticket": "…"}.');
const NOT_VALID = problem('TICKET_NOT_VALID', 'The link is not valid. A link works once, within 15 minutes.');

/**
 * `POST /auth/session` exchanges a one-time ticket for a session. Unknown, used and expired tickets get the same answer. `POST
 * /auth/sign-out` ends the session of this browser. Both are only for our own pages.
 */
export function sessionRoutes({ session, renewal, redeem, securityLog }: SessionRoutesOptions) {
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) =>
    void (refuseForeign(request, reply, session.publicUrl) ?? done());
  return namedRoutes('session', async (server) => {
    onlyMethods(server, PATH.signOut, 'POST');
    server.post(PATH.signOut, {
      // A body is ignored.
      onRequest: (request, reply) => {
        if (refuseForeign(request, reply, session.publicUrl)) return;
        session.end(reply);
        renewal?.leave(request, reply);
        reply.code(204).send();
      },
      handler: (_, reply) => reply,
    });
    if (!redeem) return;
    onlyMethods(server, PATH.session, 'POST');
    server.post(PATH.session, {
      onRequest,
      handler: async (request, reply) => {
        const { data } = BODY.safeParse(request.body);
        if (!data) return sendProblem(reply, MALFORMED);
        const token = await redeem(data.ticket);
        if (token === undefined) {
          securityLog.record(request, 'a sign-in link was refused');
          return sendProblem(reply, NOT_VALID);
        }
        await session.begin(reply, token);
        return reply.code(204).send();
      },
    });
  });
}
