import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanUpLater } from './cleanup.js';

/** A span in OTLP/JSON. */
export interface CollectedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

interface Export {
  resourceSpans: {
    resource: { attributes: CollectedSpan['attributes'] };
    scopeSpans: { spans: CollectedSpan[] }[];
  }[];
}

/** What an OpenTelemetry collector has received over HTTP. */
export interface Collector {
  url: string;
  /** Every export so far: its path, its headers, its body. */
  exports: { path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  /** Every span so far, if they are sent as JSON. */
  spans(): CollectedSpan[];
  /** The attributes of the spans' resource. */
  resource(): Record<string, unknown>;
}

/** Starts a collector on a free port. It answers or, if `silent`, keeps its callers waiting. It ends with the test. */
export async function startCollector({ silent = false } = {}): Promise<Collector> {
  const exports: Collector['exports'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    exports.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    if (!silent) response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const parsed = () => exports.flatMap(({ body }) => (JSON.parse(body.toString()) as Export).resourceSpans);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    spans: () => parsed().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resource: () => valuesOf(parsed()[0]?.resource.attributes ?? []),
  };
}

/** The attributes by their keys. */
export function valuesOf(attributes: CollectedSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
