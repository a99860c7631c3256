import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CodeFlow, IssuedToken } from '../../auth/code-flow.js';
import { IdentityProviderUnavailable, Unauthenticated } from '../../auth/errors.js';
import { SignInFailed } from '../../auth/sign-in-failed.js';
import type { TokenAuthenticator } from '../../auth/token-authenticator.js';
import { PAGE, PATH } from '../../shared/paths.js';
import { namedRoutes } from '../named-routes.js';
import { AttemptCookie } from './attempt-cookie.js';
import { ownPath } from './own-path.js';
import { type SessionCookie, TokenTooLarge } from './session-cookie.js';

export interface SignInRoutesOptions {
  session: SessionCookie;
  authenticator: TokenAuthenticator;
  /** If undefined, people sign in with a link. */
  flow: CodeFlow | undefined;
}

const QUERY = z.object({ returnTo: z.string() });

/**
 * `GET /auth/sign-in?returnTo=PATH` leads to the identity provider; `GET /auth/callback` leads from there back to the path, signed in. If
 * sign-in fails, both lead to the page `/sign-in` with a code for the reason.
 */
export function signInRoutes({ session, authenticator, flow }: SignInRoutesOptions) {
  const attempts = new AttemptCookie(session.publicUrl);
  const begin = async (request: FastifyRequest, reply: FastifyReply) => {
    const returnTo = ownPath(QUERY.safeParse(request.query).data?.returnTo);
    if (!flow) return reply.redirect(`${PAGE.signIn}?${new URLSearchParams({ returnTo })}`);
    const { url, attempt } = await flow.begin();
    attempts.keep(reply, { ...attempt, returnTo });
    return reply.redirect(url.href);
  };
  const complete = async (request: FastifyRequest, reply: FastifyReply) => {
    const kept = attempts.take(request, reply);
    if (!flow || !kept) throw new SignInFailed('expired', 'the browser has no attempt to complete');
    const tokens = await flow.complete(queryOf(request), kept);
    await session.begin(reply, await sessionToken(tokens, authenticator));
    return reply.redirect(ownPath(kept.returnTo));
  };
  return namedRoutes('sign-in', async (server) => {
    server.setErrorHandler((error, request, reply) => {
      const { code, message } = failureOf(error);
      request.log.warn({ code, reason: message }, 'a sign-in failed');
      return reply.redirect(`${PAGE.signIn}?error=${code}`);
    });
    // No HEAD route: a HEAD request must not use up a code.
    server.get(PATH.beginSignIn, { exposeHeadRoute: false }, begin);
    if (flow) server.get(PATH.completeSignIn, { exposeHeadRoute: false }, complete);
  });
}

/** The first of the tokens that names the caller and a role, by the rules of the GraphQL API. */
async function sessionToken(tokens: readonly IssuedToken[], authenticator: TokenAuthenticator): Promise<string> {
  const refusals: string[] = [];
  for (const { kind, token } of tokens) {
    const refusal = await refusalOf(token, authenticator);
    if (refusal === undefined) return token;
    refusals.push(`${kind}: ${refusal}`);
  }
  throw new SignInFailed('not-permitted', refusals.join(' '));
}

async function refusalOf(token: string, authenticator: TokenAuthenticator): Promise<string | undefined> {
  try {
    const { roles } = await authenticator.authenticate(`Bearer ${token}`);
    return roles.size > 0 ? undefined : 'It names no role that Keyledger knows.';
  } catch (error) {
    if (error instanceof Unauthenticated) return error.message;
    throw error;
  }
}

function failureOf(error: unknown): Pick<SignInFailed, 'code' | 'message'> {
  if (error instanceof SignInFailed) return error;
  if (error instanceof TokenTooLarge) return { code: 'too-large', message: error.message };
  if (error instanceof IdentityProviderUnavailable) return { code: 'provider', message: error.message };
  throw error;
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}
