import type { FastifyReply, FastifyRequest } from 'fastify';
import { Unauthenticated } from '../../auth/errors.js';
import { type ProviderSignIn, SessionEnded } from '../../auth/provider-sign-in.js';
import type { TokenAuthenticator } from '../../auth/token-authenticator.js';
import { PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';
import { onlyMethods } from '../only-methods.js';
import { problem, sendProblem } from '../problem.js';
import type { SecurityLog } from '../security-log.js';
import { refuseForeign } from './own-origin.js';
import type { RenewalCookie } from './renewal-cookie.js';
import { type SessionCookie, TokenTooLarge } from './session-cookie.js';

export interface RenewalRoutesOptions {
  session: SessionCookie;
  renewal: RenewalCookie;
  authenticator: TokenAuthenticator;
  securityLog: SecurityLog;
  /** If undefined, no session can be renewed. */
  provider: ProviderSignIn | undefined;
}

const ENDED = problem('UNAUTHENTICATED', 'The session has ended and cannot be renewed. Sign in again.');

/**
 * `POST /auth/renew` gives the session of this browser a new token, if the old one has ended. It is only for our own pages, whose scripts
 * see no token. A session that the provider refuses to renew ends.
 */
export function renewalRoutes({ session, renewal, authenticator, securityLog, provider }: RenewalRoutesOptions) {
  const renew = async (request: FastifyRequest, reply: FastifyReply) => {
    if (await isAccepted(session.authorizationOf(request), authenticator)) return reply.code(204).send();
    const sealed = renewal.valueIn(request);
    if (!provider || sealed === undefined) return sendProblem(reply, ENDED);
    try {
      const renewed = await provider.renew(sealed);
      await session.begin(reply, renewed.token);
      renewal.keep(reply, renewed);
      return reply.code(204).send();
    } catch (error) {
      if (!isEnd(error)) throw error;
      securityLog.record(request, 'a session ended: it was not renewed', { reason: error.message });
      session.end(reply);
      renewal.forget(reply);
      return sendProblem(reply, ENDED);
    }
  };
  return namedRoutes('renewal', async (server) => {
    onlyMethods(server, PATH.renew, 'POST');
    server.post(PATH.renew, {
      // A body is ignored.
      onRequest: async (request, reply) => refuseForeign(request, reply, session.publicUrl) ?? renew(request, reply),
      handler: (_, reply) => reply,
    });
  });
}

/** True if another tab has renewed the session. */
async function isAccepted(authorization: string | undefined, authenticator: TokenAuthenticator): Promise<boolean> {
  if (authorization === undefined) return false;
  try {
    await authenticator.authenticate(authorization);
    return true;
  } catch (error) {
    if (error instanceof Unauthenticated) return false;
    throw error;
  }
}

function isEnd(error: unknown): error is Error {
  return error instanceof SessionEnded || error instanceof TokenTooLarge || error instanceof Unauthenticated;
}
