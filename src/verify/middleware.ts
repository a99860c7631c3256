import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorizationOf, clean, cleaned, headersOf, type NodeRequest, type NodeResponse } from './requests.js';
import type { Refusal, Verdict } from './verified-key.js';

/** Decides about a request. The key of a request is remembered, so that Keyledger is asked once. */
export type Decide = (request: object, authorization: string | undefined, address: string | undefined) => Promise<Verdict>;

/** The part of `FastifyRequest` and `FastifyReply` that is needed. */
export interface FastifyRequestLike {
  raw: NodeRequest;
  ip: string;
}
export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  headers(values: Record<string, string>): FastifyReplyLike;
  send(body: string): unknown;
}

/** The part of Hono's `Context` that is needed. */
export interface HonoContextLike {
  env: unknown;
  req: { raw: Request };
}

/** For Express and other frameworks whose middleware has this signature. */
export type ExpressMiddleware = (
  request: NodeRequest & { ip?: string | undefined },
  response: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

export type FastifyHook = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;

export type HonoMiddleware = (c: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined>;

/** The listener of a server of `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

export function fastifyHook(decide: Decide): FastifyHook {
  return async ({ raw, ip }, reply) => {
    const refusal = await admit(decide, raw, ip);
    return refusal && reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
  };
}

export function expressMiddleware(decide: Decide): ExpressMiddleware {
  return (request, response, next) =>
    admit(decide, request, request.ip ?? request.socket.remoteAddress).then((refusal) => {
      if (refusal) response.writeHead(refusal.status, refusal.headers).end(refusal.body);
      else next();
    }, next);
}

export function honoMiddleware(decide: Decide): HonoMiddleware {
  return async (c, next) => {
    const node = nodeRequestIn(c.env);
    const { raw } = c.req;
    const { key, refusal } = await decide(c, raw.headers.get('authorization') ?? undefined, node?.socket.remoteAddress);
    const headers = cleaned(raw.headers);
    if (node) clean(node);
    if (refusal) return new Response(refusal.body, refusal);
    for (const [name, value] of Object.entries(headersOf(key))) headers.set(name, value);
    c.req.raw = new Request(raw, { headers });
    await next();
    return undefined;
  };
}

/** Wraps the listener of a server of `node:http`. */
export function nodeListener(decide: Decide, listener: NodeListener): NodeListener {
  return async (request, response) => {
    const refusal = await admit(decide, request, request.socket.remoteAddress);
    if (refusal) response.writeHead(refusal.status, refusal.headers).end(refusal.body);
    else await listener(request, response);
  };
}

/** Cleans a request, and names its key in its headers. Returns the answer for a caller who may not pass. */
async function admit(decide: Decide, request: NodeRequest, address: string | undefined): Promise<Refusal | undefined> {
  const authorization = authorizationOf(request);
  clean(request);
  const { key, refusal } = await decide(request, authorization, address);
  if (key) Object.assign(request.headers, headersOf(key));
  return refusal;
}

/** The request of `node:http` below a request of Hono, as `@hono/node-server` gives it. */
function nodeRequestIn(env: unknown): NodeRequest | undefined {
  const incoming = typeof env === 'object' && env !== null && 'incoming' in env ? env.incoming : undefined;
  return isNodeRequest(incoming) ? incoming : undefined;
}

function isNodeRequest(value: unknown): value is NodeRequest {
  return typeof value === 'object' && value !== null && 'rawHeaders' in value && 'socket' in value;
}
