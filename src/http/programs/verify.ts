import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECRET_PATTERN } from '../../domain/keys/secret.js';
import type { Verified, Verifier } from '../../projections/keys/verification.js';
import { asError } from '../../shared/as-error.js';
import { namedRoutes } from '../named-routes.js';
import { problem, sendProblem } from '../problem.js';
import { atEndOfTurn } from './at-end-of-turn.js';
import { type Credentials, credentialsIn } from './credentials.js';
import type { FailedAttempts } from './failed-attempts.js';
import type { RefuseForNow } from './refuse-for-now.js';

export interface VerifyRouteOptions {
  verifier: Verifier;
  refuseForNow: RefuseForNow;
  failedAttempts: FailedAttempts;
  /** Called for every key that is valid, whether or not it has the requested scopes. */
  onAccepted: (verified: Verified) => void;
}

/** A request that waits for its answer. */
interface Asked {
  request: FastifyRequest;
  reply: FastifyReply;
  fail: (error: Error) => void;
}

const BASIC = 'Basic realm="keyledger", charset="UTF-8"';
const BEARER = 'Bearer realm="keyledger"';

/** RFC 7617, section 2; RFC 6750, section 3: no error code if no token was given. */
const CHALLENGES = { bare: [BASIC, BEARER], invalidToken: [`${BEARER}, error="invalid_token"`, BASIC] };

const UNAUTHENTICATED = problem(
  'UNAUTHENTICATED',
  'Send the id and the secret of a key by HTTP Basic, or its secret alone as a bearer token.',
);
const INSUFFICIENT_SCOPE = problem('INSUFFICIENT_SCOPE', 'The key is valid, but lacks a requested scope.');
const UNKNOWN_PARAMETER = problem('UNKNOWN_PARAMETER');

/** RFC 6749, section 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Some proxies (Envoy) append the caller's own address. Nothing from here on was written by the proxy. */
const CALLERS_ADDRESS = /[?&]uri=.*$/;

/** The allowed query parameters. Any other one is refused, since its meaning is unknown. */
const PARAMETERS = ['scope', 'uri'];
const NOTHING = new URLSearchParams();

/**
 * `/v1/verify`: forward authentication. 200 with the key in headers; 401, 403, 429 and 503 say why not. It answers every method, since
 * some proxies keep that of the request that they ask about, and answers before the body is read.
 */
export function verifyRoute({ verifier, refuseForNow, failedAttempts, onAccepted }: VerifyRouteOptions) {
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refused = refuseForNow(reply);
    if (refused) return refused;
    const credentials = credentialsIn(request.raw.rawHeaders);
    if (!credentials) return challenge(reply, credentials);
    const verified = verify(verifier, credentials);
    if (!verified) return failedAttempts.refuse(request, reply) ?? challenge(reply, credentials);
    onAccepted(verified);
    return accept(reply, verified, parametersOf(request.url));
  };
  const answerLater = atEndOfTurn(({ request, reply, fail }: Asked) => {
    // The connection has ended: nobody receives an answer, and the address of the client is no longer known.
    if (request.raw.socket.destroyed) return;
    try {
      answer(request, reply);
    } catch (error) {
      fail(asError(error));
    }
  });
  return namedRoutes('verify', async (server) => {
    server.all('/v1/verify', { onRequest: (request, reply, fail) => answerLater({ request, reply, fail }) }, neverReached);
  });
}

/** Takes the same path whether or not there is such a key. */
function verify(verifier: Verifier, { keyId, secret }: Credentials): Verified | undefined {
  return keyId === undefined ? verifier.verifySecret(secret) : verifier.verify(keyId, secret);
}

/** The parameters of the proxy, without the caller's own address. */
function parametersOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return start < 0 ? NOTHING : new URLSearchParams(url.slice(start).replace(CALLERS_ADDRESS, ''));
}

function accept(reply: FastifyReply, verified: Verified, asked: URLSearchParams): FastifyReply {
  if ([...asked.keys()].some((name) => !PARAMETERS.includes(name))) return sendProblem(reply, UNKNOWN_PARAMETER);
  const wanted = asked.getAll('scope');
  if (wanted.length > 0 && !holds(verified, wanted)) return refuseScope(reply, wanted);
  const { account, keyId, scopes, at, expiresAt } = verified;
  if (Number.isFinite(expiresAt)) reply.header('x-keyledger-expires-in', String(Math.floor((expiresAt - at) / 1000)));
  return reply
    .header('x-keyledger-account', account)
    .header('x-keyledger-key-id', keyId)
    .header('x-keyledger-scopes', scopes.join(' '))
    .send();
}

function challenge(reply: FastifyReply, credentials: Credentials | undefined): FastifyReply {
  const challenges = credentials?.scheme === 'Bearer' ? CHALLENGES.invalidToken : CHALLENGES.bare;
  return sendProblem(reply.header('www-authenticate', challenges), UNAUTHENTICATED);
}

/** True if the key has all scopes. No key has a malformed list (empty, or given twice), so such a request fails closed. */
function holds({ scopes }: Verified, wanted: string[]): boolean {
  const list = scopeList(wanted);
  return list?.split(' ').every((scope) => scopes.includes(scope)) ?? false;
}

/** Answers with 403 even if the list is malformed, although RFC 6750 has 400: proxies turn that into an error of their own. */
function refuseScope(reply: FastifyReply, wanted: string[]): FastifyReply {
  const list = scopeList(wanted);
  const scope = list === undefined ? '' : `, scope="${list}"`;
  return sendProblem(reply.header('www-authenticate', `${BEARER}, error="insufficient_scope"${scope}`), INSUFFICIENT_SCOPE);
}

/**
 * No key has a scope that contains a secret. A secret that was sent by mistake is not repeated.
 * @returns undefined if the list is given more than once or is malformed
 */
function scopeList([list = '', ...more]: string[]): string | undefined {
  return more.length === 0 && SCOPES.test(list) && !SECRET_PATTERN.test(list) ? list : undefined;
}

function neverReached(): never {
  throw new Error('The request was answered before.');
}
