import type { Stores } from '../stores.ts';
import type { LoggedKey } from './request-log.ts';
import type { UsageOutcome } from './usage.ts';

/** The HTTP request that carried a call. */
export interface CallOrigin {
  readonly id: string;
  /** The client's IP address; null if a service that calls `verify` does not report it. */
  readonly address: string | null;
  /** When the service read the request, by `performance.now()`. */
  readonly startedAt: number;
}

/** The key of a call, and whether its current or previous secrets made it; null if the gate refused the call. */
interface CallingKey {
  readonly key: LoggedKey;
  readonly pair: { readonly previous: boolean } | null;
}

/**
 * Records how a call of a key ended: counts it and how long it took, keeps it in the request log and sends it to the key's
 * watchers.
 */
export function recordCall(
  { usage, latencies, requestLog, liveTail, clock }: Stores,
  { key, pair }: CallingKey,
  procedure: string,
  outcome: UsageOutcome,
  { id, address, startedAt }: CallOrigin,
): void {
  usage.record(key, procedure, outcome);
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
  const call = { procedure, outcome, durationMs, address, requestId: id };
  if (outcome === 'OK') latencies.record(key, durationMs);
  requestLog.record(key, call);
  if (!liveTail.watches(key.id)) return;
  const used = pair && (pair.previous ? 'previous' : 'current');
  liveTail.publish({ keyId: key.id, at: clock(), pair: used, ...call }, key.payer);
}
