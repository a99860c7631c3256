import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Call, Observer, Outcome } from './observer.js';

/** How long a stop waits for the last spans to be sent, in milliseconds. */
const FLUSH_TIME = 3000;

/** The outcomes that mark a span as failed. */
const FAULTS: Outcome[] = ['failed', 'unavailable', 'unknown'];

export interface TracingOptions {
  tracer: Tracer;
  /** The caller's span from a `traceparent` header; null if the header names none (W3C Trace Context, section 3.2). */
  parseTraceParent(header: string): SpanContext | null;
  /** Sends the spans that were not sent yet. */
  shutdown(): Promise<void>;
}

/** A request that has begun. */
export interface RequestSpan {
  within<T>(work: () => T): T;
  end(status: number): void;
}

/**
 * Creates a span for every request, every command in it, and every call of the store in that. Spans contain routes, statuses and outcomes,
 * never text from a caller or the store.
 */
export class Tracing {
  readonly #options: TracingOptions;
  readonly #current = new AsyncLocalStorage<Context>();

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  readonly observeCommand: Observer = (mutation) => this.#observe(mutation, SpanKind.INTERNAL);

  readonly observeStore: Observer = (operation) => this.#observe(`EventStore.${operation}`, SpanKind.CLIENT);

  /** @param id the request's id, which log lines and events of the request also have */
  beginRequest(method: string, route: string | undefined, id: string, traceparent: string | undefined): RequestSpan {
    const caller = traceparent === undefined ? null : this.#options.parseTraceParent(traceparent);
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true }) : ROOT_CONTEXT;
    const name = route === undefined ? method : `${method} ${route}`;
    const { span, within } = this.#begin(name, SpanKind.SERVER, parent, {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      'keyledger.request_id': id,
    });
    return {
      within,
      end(status) {
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** Resolves when the last spans are sent, or when that takes too long. */
  async stop(): Promise<void> {
    const sent = new AbortController();
    const timeUp = delay(FLUSH_TIME, undefined, { signal: sent.signal });
    await Promise.race([this.#options.shutdown(), timeUp]).catch(() => {});
    sent.abort();
    await timeUp.catch(() => {});
  }

  #observe(name: string, kind: SpanKind): Call {
    const { span, within } = this.#begin(name, kind, this.#current.getStore() ?? ROOT_CONTEXT);
    return {
      within,
      end(outcome) {
        span.setAttribute('keyledger.outcome', outcome);
        if (FAULTS.includes(outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  #begin(name: string, kind: SpanKind, parent: Context, attributes?: Attributes): { span: Span; within: Call['within'] } {
    const span = this.#options.tracer.startSpan(name, { kind, ...(attributes && { attributes }) }, parent);
    const context = trace.setSpan(parent, span);
    return { span, within: (work) => this.#current.run(context, work) };
  }
}
