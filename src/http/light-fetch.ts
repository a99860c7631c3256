import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './failure.js';
import { mediaTypeOf } from './media-types.js';
import type { OpenStreams } from './open-streams.js';

/*
 * The parts of the fetch API that GraphQL over HTTP needs, over what Fastify has read already. The general ones stream every
 * body and watch every connection, which takes several times as long as executing a small query. Only the feed is a stream.
 */

interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: Record<string, string>;
}

class LightResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | ReadableStream<Uint8Array> | null;

  constructor(body: string | ReadableStream<Uint8Array> | null, { status = 200, headers = {} }: ResponseInit = {}) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/** What yoga is to make its answers of. */
export const lightFetch = { Response: LightResponse as unknown as typeof Response, ReadableStream, TextEncoder };

/**
 * The request as yoga reads it; the body is the text that Fastify has read, so nobody need wait for it.
 * @param accept the media types that the answer may have; undefined: any
 */
export function toRequest({ method, url, headers, body }: FastifyRequest, accept: string | undefined): Request {
  const text = typeof body === 'string' ? body : '';
  const read = (name: string): string | string[] | undefined => {
    if (name === 'accept') return accept;
    return name === 'content-type' ? mediaTypeOf(headers[name]) : headers[name];
  };
  const light = {
    method,
    url,
    headers: { get: (name: string) => read(name.toLowerCase()) ?? null, has: (name: string) => name.toLowerCase() in headers },
    text: () => text,
    json: () => JSON.parse(text) as unknown,
  };
  return light as unknown as Request;
}

const NOT_GRAPHQL = 'The body is not a GraphQL request: it should be a JSON object with a member "query".';

/**
 * Sends what yoga answered; whatever it says of caches, none may keep it.
 * @param streams told of an answer that goes on
 * @throws Refusal for a body with the members of a response, which yoga takes for an answer of its own
 */
export function send(response: unknown, reply: FastifyReply, streams: OpenStreams): FastifyReply {
  if (!(response instanceof LightResponse)) throw new Refusal('BAD_REQUEST', NOT_GRAPHQL);
  const { status, headers, body } = response;
  if (body instanceof ReadableStream) {
    streams.add(reply.raw);
    // nginx would hold back what does not fill a buffer.
    reply.header('x-accel-buffering', 'no');
  }
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .send(body ?? '');
}
