import { AcceptedKeys } from './accepted-keys.js';
import {
  type Decide,
  type ExpressMiddleware,
  expressMiddleware,
  type FastifyHook,
  fastifyHook,
  type HonoMiddleware,
  honoMiddleware,
  type NodeListener,
  nodeListener,
} from './middleware.js';
import {
  type CacheOptions,
  optionsOf,
  type RouteOptions,
  scopesOf,
  type VerifierOptions,
  type VerifyOptions,
  verifyOptionsOf,
} from './options.js';
import { ask, KeyledgerUnavailable, type Question } from './question.js';
import { judge, unavailable } from './refusals.js';
import type { Refusal, Verdict, VerifiedKey } from './verified-key.js';

export type {
  CacheOptions,
  ExpressMiddleware,
  FastifyHook,
  HonoMiddleware,
  NodeListener,
  Refusal,
  RouteOptions,
  Verdict,
  VerifiedKey,
  VerifierOptions,
  VerifyOptions,
};
export { KeyledgerUnavailable };

/** Asks Keyledger whose key a request holds. It never lets a request pass that Keyledger refuses. */
export interface Verifier {
  /** A hook `onRequest`, for the whole application or for a route: `fastify.addHook('onRequest', verifier.fastify())`. */
  fastify(options?: RouteOptions): FastifyHook;
  /** Middleware, for the whole application or for a route: `app.use(verifier.express())`. */
  express(options?: RouteOptions): ExpressMiddleware;
  /** Middleware, for the whole application or for a route: `app.use(verifier.hono())`. */
  hono(options?: RouteOptions): HonoMiddleware;
  /** Wraps a listener: `createServer(verifier.node((request, response) => { … }))`. */
  node(listener: NodeListener, options?: RouteOptions): NodeListener;
  /**
   * The key of a request that the middleware let pass. Give it the request of Fastify, Express or `node:http`, or the context of Hono.
   * @throws Error for any other request: the middleware is missing
   */
  keyOf(request: object): VerifiedKey;
  /** For what the middleware does not see, such as an upgrade to a WebSocket: asks about an `Authorization` header. */
  verify(authorization: string | undefined, options?: VerifyOptions): Promise<Verdict>;
}

/**
 * Creates a verifier, once for the whole service.
 * @example
 * const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });
 * fastify.addHook('onRequest', verifier.fastify());
 * @throws TypeError for an option that is unknown or not valid
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { url, timeout, onUnavailable, cache } = optionsOf(options);
  const accepted = cache && new AcceptedKeys(cache);
  const keys = new WeakMap<object, VerifiedKey>();

  const askFor = async (question: Question): Promise<Verdict> => {
    const { authorization } = question;
    const remembered = authorization === undefined ? undefined : accepted?.find(authorization);
    if (remembered) return { key: remembered };
    const asked = accepted?.now();
    try {
      const answer = await ask(url, timeout, question);
      if (answer.refusal) return answer;
      if (asked && authorization !== undefined) accepted?.add(authorization, answer.key, asked, answer.expiresIn);
      return { key: answer.key };
    } catch (error) {
      if (!(error instanceof KeyledgerUnavailable)) throw error;
      onUnavailable?.(error);
      return { refusal: unavailable(error.retryAfter) };
    }
  };

  /** A route may ask for more scopes than the application before it: the credentials are gone by then, and the key is known. */
  const decideFor = (route: RouteOptions | undefined): Decide => {
    const scopes = scopesOf(route);
    return async (request, authorization, address) => {
      const known = keys.get(request);
      const { key, refusal } = known ? { key: known } : await askFor({ authorization, address });
      if (refusal) return { refusal };
      keys.set(request, key);
      return judge(key, scopes);
    };
  };

  /** Fastify's request has the one of `node:http` below it. */
  const keyBelow = (request: object): VerifiedKey | undefined =>
    'raw' in request && isObject(request.raw) ? keys.get(request.raw) : undefined;

  return {
    fastify: (route) => fastifyHook(decideFor(route)),
    express: (route) => expressMiddleware(decideFor(route)),
    hono: (route) => honoMiddleware(decideFor(route)),
    node: (listener, route) => {
      if (typeof listener !== 'function')
        throw new TypeError('`node` needs the listener to wrap: verifier.node((request, response) => { … })');
      return nodeListener(decideFor(route), listener);
    },
    keyOf: (request) => {
      const key = isObject(request) ? (keys.get(request) ?? keyBelow(request)) : undefined;
      if (key) return key;
      throw new Error('Keyledger has verified no key for this request: its route has no middleware of this verifier.');
    },
    verify: async (authorization, options) => {
      const { address, scopes } = verifyOptionsOf(options);
      const { key, refusal } = await askFor({ authorization, address });
      return refusal ? { refusal } : judge(key, scopes);
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
