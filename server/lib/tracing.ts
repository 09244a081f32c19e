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
import { VERSION } from './package-root.ts';
import { Refusal } from './refusal.ts';

/** Without an SDK in the process it makes spans of nothing, and all of this does next to nothing. */
const tracer = trace.getTracer('keyseal', VERSION);

/** Characters of the trace headers that are looked at; W3C Trace Context §3.3.1.5 asks for 512 of `tracestate`. */
const MAX_TRACEPARENT = 128;
const MAX_TRACESTATE = 512;

/** How a traced request ended: what is said of it, and whether it was the service's own fault. */
export interface SpanOutcome {
  readonly attributes: Attributes;
  /** The reason, where it is. */
  readonly fault: string | null;
}

/**
 * Runs a request within its server span, under the span of whoever sent it. `traceparent` and `tracestate` are not
 * signed, and nothing but the ids of a trace and whether it is recorded is taken from them.
 */
export async function inRequestSpan<T>(
  headers: IncomingHttpHeaders,
  name: string,
  attributes: Attributes,
  serve: () => Promise<T>,
  tell: (ended: T) => SpanOutcome,
): Promise<T> {
  const here = context.active();
  // An instrumentation of node:http has read the headers already.
  const parent = trace.getSpan(here) ? here : propagation.extract(here, traceHeaders(headers));
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  if (!isSpanContextValid(span.spanContext())) return serve();
  try {
    const ended = await context.with(trace.setSpan(parent, span), serve);
    if (span.isRecording()) describeSpan(span, tell(ended));
    return ended;
  } finally {
    span.end();
  }
}

/**
 * Runs a step of a request within a span of its own; without one, at no cost, where nobody traces the request. Of an
 * error its class alone is told: a message may hold what was sent.
 */
export function inSpan<T>(name: string, run: (span: Span | null) => Promise<T>): Promise<T> {
  if (trace.getActiveSpan() === undefined) return run(null);
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await run(span);
    } catch (error) {
      describeSpan(span, toldOf(error));
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

function toldOf(error: unknown): SpanOutcome {
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
