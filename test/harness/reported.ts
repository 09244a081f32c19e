import { createKey, type Person, tell } from './people.ts';
import type { TestService } from './service.ts';
import { type Answer, type Credentials, type Draft, sha256 } from './wire.ts';

/** Under which host the other service of the tests is asked for. */
export const ORDERS = 'orders.example.com';

/** A key with which that service asks. */
export function verifyingKey(service: TestService, who: Person, more: object = {}): Promise<Credentials> {
  return createKey(service, who, { permissions: ['requests:verify'], authorities: [ORDERS], ...more });
}

/** What that service reports of a request that it received. */
export function reportOf(
  { method, target, headers, body }: Draft,
  more: object = {},
): Record<string, unknown> {
  return { method, authority: ORDERS, target, headers, bodySha256: sha256(body ?? ''), ...more };
}

/** Asks for a verdict. The answer of a procedure that was refused itself has a `reason` and no `verdict`. */
export async function verdictOn(
  service: TestService,
  asking: Credentials,
  draft: Draft,
  more: object = {},
): Promise<Answer & { readonly verdict: Verdict }> {
  const answer = await tell(service, asking, 'verify', reportOf(draft, more));
  return { ...answer, verdict: answer.json?.result?.data };
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
export type Verdict = any;
