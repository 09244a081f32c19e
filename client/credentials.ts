import { keyIdIn } from '../shared/key-format.ts';
import type { SigningSecret } from './hmac.ts';

/** An API key with its signing secret, and the access token of a user that it calls for. */
export interface KeyCredentials<Secret extends SigningSecret = string> {
  readonly apiKey: string;
  /** `kss_…`: what signs. It never travels. */
  readonly signingSecret: Secret;
  readonly userToken?: string;
}

/** A person's session: what signs, and the access token. Without a token it can only refresh. */
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
  // Said without the text: what was given may be another secret.
  if (id === null) throw new TypeError('apiKey is not an API key such as ks_live_<id>_<secret>');
  return id;
}

/**
 * @throws TypeError where a credential is missing, such as an environment variable that is not set, or not of its form;
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
