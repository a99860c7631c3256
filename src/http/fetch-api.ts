import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaTypeOf } from './media-types.js';
import type { OpenStreams } from './open-streams.js';

/** A request in the form of the fetch API. */
export interface FetchRequest {
  /** Its path and query. */
  address: string;
  init: { method: string; headers: Record<string, string>; body: string | null };
}

/**
 * Expects that Fastify has read the body as text.
 * @param accept the media types that the answer may have; undefined means any
 */
export function toFetch({ method, url, headers, body }: FastifyRequest, accept: string | undefined): FetchRequest {
  const given = { ...headers, accept, 'content-type': mediaTypeOf(headers['content-type']) };
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) sent[name] = String(value);
  return { address: url, init: { method, headers: sent, body: typeof body === 'string' ? body : null } };
}

/**
 * Sends an answer of GraphQL. No cache may store it, whatever headers it has.
 * @param streams told of an answer that is a stream
 */
export async function send(response: Response, reply: FastifyReply, streams: OpenStreams): Promise<FastifyReply> {
  const { status, headers } = response;
  reply.code(status).headers({ ...Object.fromEntries(headers), 'cache-control': 'no-store' });
  if (mediaTypeOf(headers.get('content-type')) !== 'text/event-stream') return reply.send(await response.text());
  streams.add(reply.raw);
  // Without this header, nginx holds back data until a buffer is full.
  return reply.header('x-accel-buffering', 'no').send(response.body);
}
