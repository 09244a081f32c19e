import { type Credentials, checkCredentials } from './credentials.ts';
import { bufferRequest, signBuffered } from './signature-headers.ts';

export type { Credentials, KeyCredentials, SessionCredentials } from './credentials.ts';

/**
 * Signs a fetch Request: returns the same request with `authorization`, `x-user-token` and `x-signature`.
 * Reads the whole body. Send the result unchanged: a signature is valid for one request, once, within 300 seconds.
 * @throws TypeError if a credential is missing or malformed
 * @throws Error if WebCrypto is missing: a browser has it only on HTTPS and localhost pages
 * @example
 * ```ts
 * import { signRequest } from '@keyseal/client/sign';
 *
 * const { KEYSEAL_API_KEY: apiKey = '', KEYSEAL_SIGNING_SECRET: signingSecret = '' } = process.env;
 * const request = new Request('https://api.example.com/api/exemple');
 * const response = await fetch(await signRequest(request, { apiKey, signingSecret }));
 * ```
 */
export async function signRequest(request: Request, credentials: Credentials): Promise<Request> {
  checkCredentials(credentials);
  const now = Math.floor(Date.now() / 1000);
  return (await signBuffered(await bufferRequest(request), credentials, now)).request;
}
