import { unauthenticatedCaller } from '../../server/gate/request/throttle.ts';
import type { Refusal } from '../../server/lib/refusal.ts';
import type { TestService } from './service.ts';

/**
 * Begins lookups of unauthenticated callers, each from a different network.
 * @returns ends them, and tells how many were refused
 */
export function fillLookups({ running }: TestService, count: number): () => Promise<number> {
  const { lookups } = running.service.gate;
  let letGo = () => {};
  const until = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const all = Array.from({ length: count }, (_, n) =>
    lookups
      .readUnauthenticated(unauthenticatedCaller(`10.${n >> 8}.${n & 255}.7`), () => until)
      .catch((error: Refusal) => error.reason),
  );
  return async () => {
    letGo();
    return (await Promise.all(all)).filter((reason) => reason === 'TOO_MANY_FAILURES').length;
  };
}
