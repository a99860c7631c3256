import { DiagLogLevel, diag } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { Tracing } from './tracing.js';

/** The minimum time between two log lines about faults, in milliseconds. */
const QUIET_TIME = 60_000;

export interface OtlpOptions {
  protocol: 'http/protobuf' | 'http/json';
}

/**
 * Sends traces to an OpenTelemetry collector. The SDK reads address, interval and sampling from the standard variables. Load this module
 * only if traces are wanted, since it loads many others.
 */
export function openTracing({ protocol }: OtlpOptions, log: Pick<Logger, 'warn'>): Tracing {
  warnOfFaults(log);
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'keyledger' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  return new Tracing({
    tracer: provider.getTracer('keyledger'),
    parseTraceParent,
    shutdown: () => provider.shutdown(),
  });
}

/** The SDK reports each failed batch to the process's diagnostic logger. An occasional line is enough. */
function warnOfFaults(log: Pick<Logger, 'warn'>): void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  const report = (reason: string) => {
    const now = performance.now();
    if (now - reportedAt < QUIET_TIME) return;
    reportedAt = now;
    log.warn({ reason }, 'traces could not be exported');
  };
  const ignore = () => {};
  const logger = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
