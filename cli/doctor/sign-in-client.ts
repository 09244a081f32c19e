import { type Configuration, genericGrantRequest } from 'openid-client';
import { isClientRefused, sentenceOfFault } from '../../server/auth/external/provider-fault.ts';
import type { IssuerConfig } from '../../server/lib/issuer-config.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** A code that no provider has issued, and that is recognizable in its log. */
const NO_CODE = 'keyseal-doctor';

/**
 * Asks the token endpoint to redeem a code that does not exist: it refuses a client that it does not accept as such (RFC 6749 §5.2),
 * and otherwise the code.
 * @returns null if it accepts the client, or does not say
 */
export async function checkClient(
  { name }: IssuerConfig,
  configuration: Configuration,
  redirectUri: string,
): Promise<DoctorCheck | null> {
  const parameters = { code: NO_CODE, redirect_uri: redirectUri, code_verifier: NO_CODE.padEnd(43, '-') };
  const fault = await genericGrantRequest(configuration, 'authorization_code', parameters).then(
    () => null,
    (error: unknown) => error,
  );
  if (!isClientRefused(fault)) return null;
  const fix =
    'Correct clientId and clientSecret, or clientKey, in its entry, and let the client use the authorization code flow at the provider.';
  return failedCheck('issuers', `${name}: ${sentenceOfFault(fault)}`, fix);
}
