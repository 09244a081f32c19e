import {
  type Credentials,
  checkCredentials,
  type PrivateKeyCredentials,
  type SessionKeyCredentials,
} from './signing/credentials.ts';
import { signStandardLazily } from './signing/sign-standard-lazily.ts';
import { bufferRequest, type SignParts, signBufferedBy, signParts } from './signing/signature-headers.ts';

export type {
  Credentials,
  KeyCredentials,
  PrivateKeyCredentials,
  SessionCredentials,
  SessionKeyCredentials,
} from './signing/credentials.ts';

/**
 * Signs a fetch Request: returns the same request with `authorization`, `x-user-token` and `x-signature`, or, with `signatures`
 * `rfc9421` and with a private key, with `signature-input`, `signature` and `content-digest`.
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
export async function signRequest(
  request: Request,
  credentials: Credentials | PrivateKeyCredentials | SessionKeyCredentials,
  { signatures = 'privateKey' in credentials ? 'rfc9421' : 'v1' }: { signatures?: 'v1' | 'rfc9421' } = {},
): Promise<Request> {
  checkCredentials(credentials);
  const sign: SignParts = signatures === 'v1' ? signParts : signStandardLazily;
  const now = Math.floor(Date.now() / 1000);
  return (await signBufferedBy(sign, await bufferRequest(request), credentials, now)).request;
}
