import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IdentityProviderUnavailable } from '../../auth/errors.js';
import type { ProviderSignIn } from '../../auth/provider-sign-in.js';
import { SignInFailed } from '../../auth/sign-in-failed.js';
import { messageOf } from '../../shared/message-of.js';
import { PAGE, PATH } from '../../shared/paths.js';
import { queryOf } from '../../shared/query-of.js';
import { namedRoutes } from '../named-routes.js';
import type { SecurityLog } from '../security-log.js';
import { AttemptCookie } from './attempt-cookie.js';
import { ownPath } from './own-path.js';
import type { RenewalCookie } from './renewal-cookie.js';
import { type SessionCookie, TokenTooLarge } from './session-cookie.js';

export interface SignInRoutesOptions {
  session: SessionCookie;
  renewal: RenewalCookie;
  securityLog: SecurityLog;
  /** If undefined, people sign in with a link. */
  provider: ProviderSignIn | undefined;
}

const QUERY = z.object({ returnTo: z.string() });

/**
 * `GET /auth/sign-in?returnTo=PATH` leads to the identity provider; `GET /auth/callback` leads from there back to the path, signed in. If
 * sign-in fails, both lead to the page `/sign-in` with a code for the reason, and with the path for another attempt. `GET
 * /auth/signed-out` leads a browser that was signed out here to the provider's sign-out.
 */
export function signInRoutes({ session, renewal, securityLog, provider }: SignInRoutesOptions) {
  const attempts = new AttemptCookie(session.publicUrl);
  /** If the step fails, the page `/sign-in` says why. */
  const explaining = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnTo: string | undefined,
    step: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    try {
      return await step();
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      securityLog.record(request, 'a sign-in failed', { code, reason: message });
      const again = returnTo === undefined ? undefined : { returnTo: ownPath(returnTo) };
      return reply.redirect(`${PAGE.signIn}?${new URLSearchParams({ error: code, ...again })}`);
    }
  };
  const begin = async (request: FastifyRequest, reply: FastifyReply) => {
    const returnTo = ownPath(QUERY.safeParse(request.query).data?.returnTo);
    if (!provider) return reply.redirect(`${PAGE.signIn}?${new URLSearchParams({ returnTo })}`);
    return explaining(request, reply, returnTo, async () => {
      const { url, attempt } = await provider.begin();
      attempts.keep(reply, { ...attempt, returnTo });
      return reply.redirect(url.href);
    });
  };
  const complete = (request: FastifyRequest, reply: FastifyReply) => {
    const kept = attempts.take(request, reply);
    return explaining(request, reply, kept?.returnTo, async () => {
      if (!provider || !kept) throw new SignInFailed('expired', 'the browser has no attempt to complete');
      const begun = await provider.complete(queryOf(request.url), kept);
      await session.begin(reply, begun.token);
      renewal.keep(reply, begun);
      return reply.redirect(ownPath(kept.returnTo));
    });
  };
  const signedOut = (request: FastifyRequest, reply: FastifyReply) => {
    const leaving = renewal.takeLeaving(request, reply);
    return explaining(request, reply, undefined, async () => {
      const url = leaving && (await provider?.leave(leaving.sealed).catch(staysSignedIn));
      return reply.redirect(url?.href ?? PAGE.start);
    });
  };
  return namedRoutes('sign-in', async (server) => {
    // No HEAD routes: a HEAD request must not use up a code.
    server.get(PATH.beginSignIn, { exposeHeadRoute: false }, begin);
    server.get(PATH.signedOut, { exposeHeadRoute: false }, signedOut);
    if (provider) server.get(PATH.completeSignIn, { exposeHeadRoute: false }, complete);
  });
}

function staysSignedIn(cause: unknown): never {
  throw new SignInFailed('still-signed-in', messageOf(cause), { cause });
}

/** @throws what is not a failure of sign-in */
function failureOf(error: unknown): Pick<SignInFailed, 'code' | 'message'> {
  if (error instanceof SignInFailed) return error;
  if (error instanceof TokenTooLarge) return { code: 'too-large', message: error.message };
  if (error instanceof IdentityProviderUnavailable) return { code: 'provider', message: error.message };
  throw error;
}
