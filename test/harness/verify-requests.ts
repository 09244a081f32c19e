import { createKey, mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import { type Answer, type Credentials, type Draft, sha256 } from './wire.ts';

/** The host of the service that calls `verify`. */
export const ORDERS = 'orders.example.com';

/** A key with which that service calls `verify`. */
export function verifyingKey(service: TestService, who: Person, more: object = {}): Promise<Credentials> {
  return createKey(service, who, { permissions: ['requests:verify'], authorities: [ORDERS], ...more });
}

/** The service's report of a request that it received. */
export function reportOf(
  { method, target, headers, body }: Draft,
  more: object = {},
): Record<string, unknown> {
  return { method, authority: ORDERS, target, headers, bodySha256: sha256(body ?? ''), ...more };
}

/** Calls `verify`. If that call itself is refused, the answer has a `reason` and no `verdict`. */
export async function verdictOn(
  service: TestService,
  asking: Credentials,
  draft: Draft,
  more: object = {},
): Promise<Answer & { readonly verdict: Verdict }> {
  const answer = await mutate(service, asking, 'verify', reportOf(draft, more));
  return { ...answer, verdict: answer.json?.result?.data };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
export type Verdict = any;
