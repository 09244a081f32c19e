import type { Stores } from '../stores.ts';
import type { CountedKey, UsageOutcome } from './usage.ts';

/** The HTTP request that a call came with. */
export interface CallOrigin {
  readonly id: string;
  /** The client's address; null where a service that asks does not tell. */
  readonly address: string | null;
  /** When it was read, by `performance.now()`. */
  readonly begun: number;
}

/** Notes how a call of a key ended: counts it, and tells whoever watches the key. */
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
