import type { HostileIssuer } from './hostile-issuer.ts';
import { signInEntry } from './hostile-sign-in.ts';
import { createKey, signUp } from './people.ts';
import { startTestService } from './service.ts';
import { createRule } from './workloads.ts';

/**
 * Starts a service that accepts tokens of every kind of an issuer: of users, of sign-ins, of workloads, and for logouts.
 * @param others further entries of `KEYSEAL_ISSUERS`
 * @returns it, and a key to which user tokens are added
 */
export async function startForAllTokens(issuer: HostileIssuer, others: readonly object[] = []) {
  const entry = signInEntry(issuer, { audience: 'keyseal', userToken: true, workload: true });
  const KEYSEAL_ISSUERS = JSON.stringify([entry, ...others]);
  const service = await startTestService({ env: { KEYSEAL_ISSUERS, KEYSEAL_ADDRESS_FAILURES: '1000000' } });
  const ada = await signUp(service);
  const key = await createKey(service, ada, { permissions: ['exemple:read'] });
  await createRule(service, ada);
  return { service, key };
}
