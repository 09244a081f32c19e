import type { RefObject } from 'react';
import { credentialsOfSession } from '../../../client/sessions/session.ts';
import type {
  Credentials,
  KeyCredentials,
  PrivateKeyCredentials,
  SessionKeyCredentials,
} from '../../../client/signing/credentials.ts';
import type { SigningSecret } from '../../../client/signing/hmac.ts';
import type { Access } from '../../../shared/guard.ts';
import { sessionManager } from '../../api/session-manager.ts';
import type { ImportedKey } from './private-key.ts';

/** The caller: a key, a key on behalf of the signed-in user, that user, or none. */
export type PlaygroundSigner = 'key' | 'keyForMe' | 'me' | 'nobody';

/** The signers that a procedure accepts, the likeliest first. */
export const SIGNERS: Readonly<Record<Exclude<Access, 'session'>, readonly PlaygroundSigner[]>> = {
  public: ['nobody'],
  user: ['me'],
  key: ['key', 'keyForMe'],
  'key-for-user': ['keyForMe'],
  'key-or-user': ['key', 'me'],
  any: ['key', 'keyForMe', 'me'],
};

/** A key in this page: its signing secret or its private key can sign, but cannot be read. */
export type LoadedKey = KeyCredentials<CryptoKey> | (PrivateKeyCredentials & ImportedKey);

/** Loads the key that is typed in, or says what is wrong with it; null while nothing is typed. */
export type TypedLoad = (() => Promise<LoadedKey | null>) | null;
export type TypedKey = RefObject<TypedLoad>;

/** What signs a call of the playground. */
export type PlaygroundCredentials = Credentials | PrivateKeyCredentials | SessionKeyCredentials;

/** The credentials that sign; null for a public procedure, undefined if a key or a signed-in user is missing. */
export async function credentialsOf(
  signer: PlaygroundSigner,
  key: LoadedKey | null,
): Promise<PlaygroundCredentials | null | undefined> {
  if (signer === 'nobody') return null;
  if (signer === 'key') return key ?? undefined;
  const session = await sessionManager.fresh();
  if (!session) return undefined;
  const userToken = session.accessToken;
  if (signer === 'keyForMe') return key ? { ...key, userToken } : undefined;
  return { ...credentialsOfSession(session), userToken };
}

/** Whether what signs is a private key, which makes only RFC 9421 signatures. */
export function signsByPrivateKey(signer: PlaygroundSigner, key: LoadedKey | null): boolean {
  const signing = signer === 'me' ? sessionManager.session : key;
  return signer !== 'nobody' && signing !== null && 'privateKey' in signing;
}

/** The same credentials with a wrong signing secret. */
export function withSecret(credentials: PlaygroundCredentials, signingSecret: SigningSecret): Credentials {
  if (!('privateKey' in credentials)) return { ...credentials, signingSecret };
  const { privateKey: _, ...others } = credentials;
  return { ...others, signingSecret };
}
