import { DiagLogLevel, diag } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { Tracing } from './tracing.js';

/** For how long after a line about faults none follows, in milliseconds. */
const QUIET_TIME = 60_000;

export interface OtlpOptions {
  protocol: 'http/protobuf' | 'http/json';
}

/**
 * Traces that go to an OpenTelemetry collector. The SDK reads where, how often and how many from the standard variables. To be
 * loaded only where traces are wanted, for it takes many modules.
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

/** The SDK says what goes wrong to the process's one diagnostic logger, with every batch; a line now and then will do. */
function warnOfFaults(log: Pick<Logger, 'warn'>): void {
  let told = Number.NEGATIVE_INFINITY;
  const tell = (reason: string) => {
    const now = performance.now();
    if (now - told < QUIET_TIME) return;
    told = now;
    log.warn({ reason }, 'traces are not exported as they should be');
  };
  const ignore = () => {};
  const logger = { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
