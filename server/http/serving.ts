import type { Metrics } from '../metrics/metrics.ts';
import type { Service } from '../trpc.ts';
import type { FrontLimits } from './api-request.ts';

/** What there is to serve with, once there is. */
export interface Serving {
  readonly service: Service;
  readonly limits: FrontLimits;
  readonly metrics: Metrics;
  /** Whether `/metrics` is on this port. */
  readonly tellsMetrics: boolean;
}
