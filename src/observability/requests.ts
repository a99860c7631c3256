import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NOWHERE } from '../shared/paths.js';
import type { RequestSpan, Tracing } from './tracing.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

/** nginx's status for a caller that disconnected before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Reports every request once it is over, however it ended. The route is undefined if the path has none. */
export function observeRequests(
  server: FastifyInstance,
  record: (route: string | undefined, method: string, status: number, duration: number) => void,
): void {
  server.addHook('onRequest', (request, { raw }, done) => {
    const start = performance.now();
    whenOver(raw, (status) => record(routeOf(request), methodOf(request), status, performance.now() - start));
    done();
  });
}

/** Creates a span for every request, within its caller's. */
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
  // Not earlier: the body arrives in the asynchronous context of the connection.
  server.addHook('preHandler', (request, _, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
}

function whenOver(response: ServerResponse, report: (status: number) => void): void {
  response.once('close', () => report(response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST));
}

/** The route's template, never the path. */
function routeOf({ routeOptions }: FastifyRequest): string | undefined {
  return routeOptions.url === NOWHERE ? undefined : routeOptions.url;
}

/** The method, or OpenTelemetry's name for all rare methods. */
function methodOf({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : '_OTHER';
}
