import type { Stores } from '../stores.ts';
import type { CountedKey, UsageOutcome } from './usage.ts';

/** The HTTP request that carried a call. */
export interface CallOrigin {
  readonly id: string;
  /** The client's address; null if a service that calls `verify` does not report it. */
  readonly address: string | null;
  /** When the service read the request, by `performance.now()`. */
  readonly begun: number;
}

/** Notes how a call of a key ended: counts it and sends it to the key's watchers. */
export function noteCall(
  { usage, liveTail: tails, clock }: Stores,
  key: CountedKey,
  procedure: string,
  outcome: UsageOutcome,
  { id, address, begun }: CallOrigin,
): void {
  usage.note(key, procedure, outcome);
  if (!tails.watches(key.id)) return;
  const durationMs = Math.round((performance.now() - begun) * 10) / 10;
  tails.tell({ keyId: key.id, at: clock(), procedure, outcome, durationMs, address, requestId: id });
}
