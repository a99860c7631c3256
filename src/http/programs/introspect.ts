import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hashSecret, isSameHash } from '../../domain/keys/secret.js';
import type { KeysProjection } from '../../projections/keys/keys.js';
import type { Verified, Verifier } from '../../projections/keys/verification.js';
import { namedRoutes } from '../named-routes.js';
import { onlyMethods } from '../only-methods.js';
import { onlyPlainBodies } from '../only-plain-bodies.js';
import { problem, sendProblem } from '../problem.js';
import type { SecurityLog } from '../security-log.js';
import { type Credentials, credentialsIn } from './credentials.js';
import type { FailedAttempts } from './failed-attempts.js';
import type { RefuseForNow } from './refuse-for-now.js';

export interface IntrospectRouteOptions {
  /** The bearer token of services that introspect; undefined if none may. */
  token: string | undefined;
  verifier: Verifier;
  keys: KeysProjection;
  refuseForNow: RefuseForNow;
  failedAttempts: FailedAttempts;
  securityLog: SecurityLog;
  /** Called for every key that is answered as active. */
  onAccepted: (verified: Verified) => void;
}

/** A form that gives `token` twice has no string there. */
const FORM = z.object({ token: z.string() });

const INACTIVE = { active: false };
/** RFC 6750, section 3: no error code if no token was given. */
const BARE = 'Bearer realm="keyledger"';
const INVALID_TOKEN = `${BARE}, error="invalid_token"`;

const SWITCHED_OFF = problem('INTROSPECTION_OFF');
const UNAUTHENTICATED = problem(
  'UNAUTHENTICATED',
  'Send the token that this server was given in KEYLEDGER_INTROSPECTION_TOKEN as a bearer token.',
);

/**
 * `POST /v1/introspect` (RFC 7662), for services that use OAuth. The form's `token` is a secret, alone or after its key id and a colon.
 * Anything that is not active, including a missing token, is answered with just `{"active":false}`.
 */
export function introspectRoute(options: IntrospectRouteOptions) {
  const { token, verifier, keys, refuseForNow, failedAttempts, securityLog, onAccepted } = options;
  const isExpected = token === undefined ? undefined : comparisonWith(token);
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    if (!isExpected) return sendProblem(reply, SWITCHED_OFF);
    const credentials = credentialsIn(request.raw.rawHeaders);
    if (!credentials) return challenge(reply, credentials);
    const isKnown = credentials.scheme === 'Bearer' && isExpected(credentials.secret);
    if (isKnown) return refuseForNow(reply);
    securityLog.record(request, 'an introspection token was refused');
    return failedAttempts.refuse(request, reply) ?? challenge(reply, credentials);
  };
  const answer = (given: string): object => {
    const verified = verify(verifier, given);
    const key = verified && keys.load(verified.account).keys.get(verified.keyId);
    if (!verified || !key) return INACTIVE;
    onAccepted(verified);
    return describe(verified, key.createdAt);
  };
  return namedRoutes('introspect', async (server) => {
    onlyPlainBodies(server);
    server.removeAllContentTypeParsers();
    server.register(formbody);
    onlyMethods(server, '/v1/introspect', 'POST');
    server.post('/v1/introspect', {
      onRequest: (request, reply, done) => void (refuse(request, reply) ?? done()),
      handler: async (request, reply) => {
        // Reading the body may have taken time.
        return refuseForNow(reply) ?? answer(FORM.safeParse(request.body).data?.token ?? '');
      },
    });
  });
}

/** Whether a text is that token. It takes the same time however much of the text is right. */
export function comparisonWith(token: string): (sent: string) => boolean {
  const expected = hashSecret(token);
  return (sent) => isSameHash(hashSecret(sent), expected);
}

function challenge(reply: FastifyReply, credentials: Credentials | undefined): FastifyReply {
  const value = credentials?.scheme === 'Bearer' ? INVALID_TOKEN : BARE;
  return sendProblem(reply.header('www-authenticate', value), UNAUTHENTICATED);
}

function verify(verifier: Verifier, given: string): Verified | undefined {
  const colon = given.indexOf(':');
  if (colon < 0) return verifier.verifySecret(given);
  return verifier.verify(given.slice(0, colon), given.slice(colon + 1));
}

/**
 * RFC 7662, section 2.2. Times are in whole seconds. A key is never said to last longer than it does, or to be issued in the future,
 * whatever clock dated it.
 */
function describe({ account, keyId, scopes, expiresAt, at }: Verified, createdAt: number): object {
  return {
    active: true,
    client_id: keyId,
    sub: account,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    token_type: 'Bearer',
    iat: Math.floor(Math.min(createdAt, at) / 1000),
    ...(Number.isFinite(expiresAt) && { exp: Math.floor(expiresAt / 1000) }),
  };
}
