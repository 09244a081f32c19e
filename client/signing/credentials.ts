import { keyIdIn } from '../../shared/key-format.ts';
import type { ResponseKeySet } from '../responses/response-key.ts';
import type { SigningSecret } from './hmac.ts';

/** An API key with its signing secret, and the access token of a user that it calls for. */
export interface KeyCredentials<Secret extends SigningSecret = string> {
  readonly apiKey: string;
  /** `kss_…`: the signing secret. It is never sent. */
  readonly signingSecret: Secret;
  readonly userToken?: string;
}

/** A user's session: its signing secret and access token. Without a token it can only refresh. */
export interface SessionCredentials {
  readonly sessionId: string;
  /** As a CryptoKey it needs the usages `sign` and `verify`. */
  readonly signingSecret: SigningSecret;
  readonly userToken?: string;
}

export type Credentials = KeyCredentials<SigningSecret> | SessionCredentials;

/** A user's session that has a public key in place of its signing secret. */
export interface SessionKeyCredentials {
  readonly sessionId: string;
  /** As in PrivateKeyCredentials. */
  readonly privateKey: CryptoKey;
  /** The keys of the service that came with the session: they prove its clock. */
  readonly responseKeys?: ResponseKeySet;
  readonly userToken?: string;
}

/** An API key that has a public key in place of a signing secret, with its private key. It makes RFC 9421 signatures. */
export interface PrivateKeyCredentials {
  readonly apiKey: string;
  /** Ed25519, ECDSA (P-256, P-384), RSA-PSS with SHA-512 or RSASSA-PKCS1-v1_5 with SHA-256, with the usage `sign`. */
  readonly privateKey: CryptoKey;
  readonly userToken?: string;
}

/** Everything that signs a request. */
export type AnyCredentials = Credentials | PrivateKeyCredentials | SessionKeyCredentials;

/** The `k` of a signature: the public part of an API key, or the session's id. */
export function idOf(credentials: AnyCredentials): string {
  if ('sessionId' in credentials) return credentials.sessionId;
  const id = keyIdIn(credentials.apiKey);
  // The message omits the value: it may be another secret.
  if (id === null) throw new TypeError('apiKey is not an API key such as ks_live_<id>_<secret>');
  return id;
}

/** The syntax of a signing secret: white space, quotes or another credential are mistakes. */
const SIGNING_SECRET = /^kss_[\w-]+$/;

/**
 * @throws TypeError if a credential is missing, such as an environment variable that is not set, or malformed;
 * the message names the property
 */
export function checkCredentials(credentials: AnyCredentials): void {
  if (!idOf(credentials)) throw new TypeError('sessionId is missing');
  if ('privateKey' in credentials) checkPrivateKey(credentials);
  else checkSecret(credentials);
}

function checkSecret({ signingSecret }: Credentials): void {
  if (!signingSecret) throw new TypeError('signingSecret is missing');
  const isRight =
    typeof signingSecret === 'string'
      ? SIGNING_SECRET.test(signingSecret)
      : typeof signingSecret === 'object';
  // The message omits the value: it may be another secret.
  if (!isRight) throw new TypeError('signingSecret is neither a signing secret (kss_…) nor a CryptoKey');
}

function checkPrivateKey({ privateKey }: Pick<PrivateKeyCredentials, 'privateKey'>): void {
  if (!Object(privateKey).usages?.includes('sign') || privateKey.type !== 'private')
    throw new TypeError('privateKey is not a private CryptoKey with the usage sign');
}
