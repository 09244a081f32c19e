import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { UsageOutcome } from '../stores/usage/usage.ts';
import { pacedText } from './paced-text.ts';
import { processMetrics } from './process-metrics.ts';
import { READINGS, type Source } from './readings.ts';

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * How a request ended: with a plain response, a stream (including forms and bytes), or a refusal before any procedure ran.
 */
export type ResponseMode = 'plain' | 'stream' | 'refused';

/** How a request under `/api` ended. */
export interface EndedRequest {
  /** A name of the router, or `other`; one for each call. */
  readonly procedures: readonly string[];
  /** The outcome of each call, in any order among the calls of one procedure. */
  readonly outcomes: readonly UsageOutcome[];
  readonly mode: ResponseMode;
  /** From the first byte read to the whole response; for a stream, to its beginning. */
  readonly durationMs: number;
}

/** The metrics of one service, in the Prometheus format. No label has a value that a caller can choose. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #calls = new Counter({
    name: 'keyseal_calls_total',
    help: 'Calls under /api as they ended, those refused before anybody was admitted too.',
    labelNames: ['procedure', 'outcome'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'keyseal_request_duration_seconds',
    help: 'How long HTTP requests under /api took to be answered; streams until they began.',
    labelNames: ['way'],
    buckets: BUCKETS,
    registers: [this.#registry],
  });
  readonly #streams = new Gauge({
    name: 'keyseal_open_streams',
    help: 'Answers that are streams and are not over.',
    registers: [this.#registry],
  });

  constructor(source: Source) {
    processMetrics();
    for (const { kind: Kind, read, ...named } of READINGS) {
      const metric: Counter | Gauge = new Kind({
        ...named,
        registers: [this.#registry],
        collect: () => {
          metric.reset();
          for (const { value, ...labels } of read(source)) metric.inc(labels, value);
        },
      });
    }
  }

  recordRequest({ procedures, outcomes, mode, durationMs }: EndedRequest): void {
    for (const [i, procedure] of procedures.entries()) {
      this.#calls.inc({ procedure, outcome: outcomes[i] ?? 'OK' });
    }
    this.#durations.observe({ way: mode }, durationMs / 1000);
  }

  /** Counts a request that was refused before it was routed to a procedure. */
  recordUnrouted(outcome: UsageOutcome): void {
    this.#calls.inc({ procedure: OTHER, outcome });
  }

  streamBegan(): void {
    this.#streams.inc();
  }

  streamEnded(): void {
    this.#streams.dec();
  }

  /** The whole exposition. */
  readonly text = pacedText(async () => {
    const [service, process] = await Promise.all([this.#registry.metrics(), processMetrics().metrics()]);
    return `${service}\n${process}`;
  });
}

/** The label for every procedure that the router does not have. */
export const OTHER = 'other';
