import { type SignUpState, signUpState } from '../auth/sign-up.ts';
import { coalesce } from '../lib/concurrency/coalesce.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Service } from '../rpc/trpc.ts';
import type { FrontLimits } from './api-request.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Readiness } from './readiness.ts';

/** Answers that anybody may ask for and that cost work: however many ask at the same time, the work is done once. */
export interface SharedAnswers {
  readonly signUp: () => Promise<SignUpState>;
  /** What a scrape reads. */
  readonly metrics: () => Promise<string>;
}

export function sharedAnswersOf(service: Service, metrics: Metrics): SharedAnswers {
  return {
    // Without a database nobody signs up, and the page says so itself.
    signUp: coalesce(() => signUpState(service).catch(() => 'closed' as const)),
    metrics: coalesce(() => metrics.text()),
  };
}

/** What there is to serve with, once there is. */
export interface ServerContext {
  readonly service: Service;
  readonly limits: FrontLimits;
  readonly metrics: Metrics;
  readonly streams: OpenStreams;
  readonly shared: SharedAnswers;
  readonly readiness: Readiness;
  /** Whether `/metrics` is on this port. */
  readonly tellsMetrics: boolean;
}
