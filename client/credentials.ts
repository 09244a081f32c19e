import { keyIdIn } from '../shared/key-format.ts';
import type { SigningSecret } from './hmac.ts';

/** An API key with its signing secret, and the access token of a user that it calls for. */
export interface KeyCredentials<Secret extends SigningSecret = string> {
  readonly apiKey: string;
  /** `kss_…`: the signing secret. It is never sent. */
  readonly signingSecret: Secret;
  readonly userToken?: string;
}

/** A person's session: its signing secret and access token. Without a token it can only refresh. */
export interface SessionCredentials {
  readonly sessionId: string;
  /** As a CryptoKey it needs the usages `sign` and `verify`. */
  readonly signingSecret: SigningSecret;
  readonly userToken?: string;
}

export type Credentials = KeyCredentials<SigningSecret> | SessionCredentials;

/** The `k` of a signature: the public part of an API key, or the session's id. */
export function idOf(credentials: Credentials): string {
  if ('sessionId' in credentials) return credentials.sessionId;
  const id = keyIdIn(credentials.apiKey);
  // The message omits the text: it may be another secret.
  if (id === null) throw new TypeError('apiKey is not an API key such as ks_live_<id>_<secret>');
  return id;
}

/**
 * @throws TypeError if a credential is missing, such as an environment variable that is not set, or malformed;
 * it names the member
 */
export function checkCredentials(credentials: Credentials): void {
  const { signingSecret } = credentials;
  if (!idOf(credentials)) throw new TypeError('sessionId is missing');
  if (!signingSecret) throw new TypeError('signingSecret is missing');
  if (!['string', 'object'].includes(typeof signingSecret)) {
    throw new TypeError('signingSecret is neither a text nor a CryptoKey');
  }
}
