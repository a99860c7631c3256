import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from './tracing.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

/** nginx's status for a caller that went away before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Tells of every request once it is over, however it ended; a path without a route tells no route. */
export function observeRequests(
  server: FastifyInstance,
  note: (route: string | undefined, method: string, status: number, duration: number) => void,
): void {
  server.addHook('onRequest', (request, { raw }, done) => {
    const start = performance.now();
    whenOver(raw, (status) => note(routeOf(request), methodOf(request), status, performance.now() - start));
    done();
  });
}

/** Makes a span of every request, within its caller's. */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  server.addHook('onRequest', (request, { raw }, done) => {
    const { traceparent } = request.headers;
    const caller = typeof traceparent === 'string' ? traceparent : undefined;
    const span = tracing.beginRequest(methodOf(request), routeOf(request), request.id, caller);
    spans.set(request, span);
    whenOver(raw, (status) => span.end(status));
    done();
  });
  // Not sooner: the body arrives in the asynchronous context of the connection.
  server.addHook('preHandler', (request, _, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
}

function whenOver(response: ServerResponse, told: (status: number) => void): void {
  response.once('close', () => told(response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST));
}

/** The route's template, never the path. */
function routeOf({ routeOptions }: FastifyRequest): string | undefined {
  return routeOptions.url;
}

/** The method, or OpenTelemetry's name for all that are rare. */
function methodOf({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : '_OTHER';
}
