import { Refusal } from '../lib/refusal.ts';
import { recordCall } from '../stores/usage/record-call.ts';
import type { GateStores } from './bearer/credential-lookups.ts';
import type { Caller } from './caller/caller.ts';
import type { CallSource } from './gate-counters.ts';
import type { SignedRequest } from './request/request.ts';

/**
 * Rewraps the caller's secrets under the newest master key, and records when the key was last used.
 * @param bearerKey the API key in the bearer token; null if the bearer token is a session token or absent
 * @param dryRun if true, records no use
 */
export function afterAdmission(
  caller: Caller,
  bearerKey: string | null,
  { rewrapOnUse, lastUsed, clock }: GateStores,
  dryRun: boolean,
): void {
  if (caller.kind !== 'key') {
    rewrapOnUse.session(caller.session);
    return;
  }
  const { key, pair } = caller;
  if (bearerKey !== null && !pair.previous) rewrapOnUse.key(key, bearerKey);
  if (!dryRun) lastUsed.record(key, clock(), pair.previous);
}

/** Records a refused request for the key that authenticated, or else for the client's IP address. */
export function recordRefusal(
  request: SignedRequest,
  error: unknown,
  stores: GateStores,
  source: CallSource,
): void {
  if (!(error instanceof Refusal)) return;
  const { key, reason } = error;
  if (key !== null) {
    for (const name of request.procedures) recordCall(stores, { key, pair: null }, name, reason, request);
    stores.rejectedAttempts.record(key, reason);
    return;
  }
  // An IP address that a service reports is only that service's assertion: no client connected to this instance from it.
  if (source === 'api' && request.address !== null)
    stores.unauthenticatedCalls.record(request.address, reason);
}
