import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { MaybePromise } from './concurrency/maybe-promise.ts';
import { VERSION } from './package-root.ts';
import { Refusal } from './refusal.ts';

/** Without an SDK in the process, the tracer makes no-op spans and costs next to nothing. */
const tracer = trace.getTracer('keyseal', VERSION);

/** The maximum length of the trace headers, in characters; W3C Trace Context §3.3.1.5 asks for 512 of `tracestate`. */
const MAX_TRACEPARENT = 128;
const MAX_TRACESTATE = 512;

/** How a traced request ended: its attributes, and whether the service failed. */
export interface SpanOutcome {
  readonly attributes: Attributes;
  /** The reason, if it failed. */
  readonly fault: string | null;
}

/**
 * Runs a request within its server span, under the span of the client. `traceparent` and `tracestate` are not signed,
 * so only the trace's ids and its sampling flag are read from them.
 */
export function inRequestSpan<T>(
  headers: IncomingHttpHeaders,
  name: string,
  attributes: Attributes,
  serve: () => MaybePromise<T>,
  summarize: (ended: T) => SpanOutcome,
): MaybePromise<T> {
  const here = context.active();
  // An instrumentation of node:http has read the headers already.
  const parent = trace.getSpan(here) ? here : propagation.extract(here, traceHeaders(headers));
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  if (!isSpanContextValid(span.spanContext())) return serve();
  return endSpanAfter(span, () => context.with(trace.setSpan(parent, span), serve), summarize);
}

async function endSpanAfter<T>(
  span: Span,
  serve: () => MaybePromise<T>,
  summarize: (ended: T) => SpanOutcome,
): Promise<T> {
  try {
    const ended = await serve();
    if (span.isRecording()) describeSpan(span, summarize(ended));
    return ended;
  } finally {
    span.end();
  }
}

/**
 * Runs a step of a request within its own span; at no cost if the request is not traced. Records only the class
 * of an error: its message may contain what the client sent.
 */
export function inSpan<T>(name: string, run: (span: Span | null) => Promise<T>): Promise<T>;
export function inSpan<T>(name: string, run: (span: Span | null) => MaybePromise<T>): MaybePromise<T>;
export function inSpan<T>(name: string, run: (span: Span | null) => MaybePromise<T>): MaybePromise<T> {
  if (trace.getActiveSpan() === undefined) return run(null);
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await run(span);
    } catch (error) {
      describeSpan(span, errorOutcome(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

export function describeSpan(span: Span, { attributes, fault }: SpanOutcome): void {
  span.setAttributes(attributes);
  if (fault === null) return;
  span.setAttribute('error.type', fault);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function errorOutcome(error: unknown): SpanOutcome {
  if (!(error instanceof Refusal)) {
    return { attributes: {}, fault: error instanceof Error ? error.constructor.name : typeof error };
  }
  const { reason, status } = error;
  return { attributes: { 'keyseal.outcome': reason }, fault: status >= 500 ? reason : null };
}

function traceHeaders({ traceparent, tracestate }: IncomingHttpHeaders): Record<string, string> {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_TRACEPARENT) return {};
  return typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE
    ? { traceparent, tracestate }
    : { traceparent };
}
