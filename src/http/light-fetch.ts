import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './failure.js';
import { mediaTypeOf } from './media-types.js';
import type { OpenStreams } from './open-streams.js';

/*
 * The parts of the fetch API that GraphQL over HTTP needs, on top of what Fastify has already read. Complete implementations stream every
 * body and watch every connection, which takes several times as long as executing a small query. Here only the feed is a stream.
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

/** The classes from which yoga makes its answers. */
export const lightFetch = { Response: LightResponse as unknown as typeof Response, ReadableStream, TextEncoder };

/**
 * The request for yoga. The body is the text that Fastify has read, so it is available at once.
 * @param accept the media types that the answer may have; undefined means any
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
 * Sends yoga's answer. No cache may store it, whatever headers yoga sets.
 * @param streams told of an answer that is a stream
 * @throws Refusal if the body has the members of a response, which yoga would take for its own answer
 */
export function send(response: unknown, reply: FastifyReply, streams: OpenStreams): FastifyReply {
  if (!(response instanceof LightResponse)) throw new Refusal('BAD_REQUEST', NOT_GRAPHQL);
  const { status, headers, body } = response;
  if (body instanceof ReadableStream) {
    streams.add(reply.raw);
    // Without this header, nginx holds back data until a buffer is full.
    reply.header('x-accel-buffering', 'no');
  }
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .send(body ?? '');
}
