import { credentialsOfSession, type Refresh } from '../../../client/sessions/session.ts';
import { ServerClock } from '../../../client/signing/clock.ts';
import type {
  Credentials,
  KeyCredentials,
  SessionKeyCredentials,
} from '../../../client/signing/credentials.ts';
import type { SigningSecret } from '../../../client/signing/hmac.ts';
import type { Access } from '../../../shared/guard.ts';
import { session } from '../../api/browser-session.ts';
import { client } from '../../api/service.ts';

/** The caller: a key, a key on behalf of the signed-in person, that person, or none. */
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

/** A key in this page: its signing secret can sign, but cannot be read. */
export type LoadedKey = KeyCredentials<CryptoKey>;

/** What signs a call of the playground. */
export type PlaygroundCredentials = Credentials | SessionKeyCredentials;

const refresh: Refresh = async ({ refreshToken }) =>
  (await client.auth.refresh.mutate(refreshToken === null ? {} : { refreshToken })).session;
const manager = session.managerFor(new ServerClock(), refresh);

/** The credentials that sign; null for a public procedure, undefined if a key or a signed-in person is missing. */
export async function credentialsOf(
  signer: PlaygroundSigner,
  key: LoadedKey | null,
): Promise<PlaygroundCredentials | null | undefined> {
  if (signer === 'nobody') return null;
  if (signer === 'key') return key ?? undefined;
  const person = await manager.fresh();
  if (!person) return undefined;
  const userToken = person.accessToken;
  if (signer === 'keyForMe') return key ? { ...key, userToken } : undefined;
  return { ...credentialsOfSession(person), userToken };
}

/** Whether the session of the signed-in person signs by RFC 9421 alone. */
export const signsByPrivateKey = (): boolean => manager.session !== null && 'privateKey' in manager.session;

/** The same credentials with a wrong signing secret. */
export function withSecret(credentials: PlaygroundCredentials, signingSecret: SigningSecret): Credentials {
  if (!('privateKey' in credentials)) return { ...credentials, signingSecret };
  const { privateKey: _, ...others } = credentials;
  return { ...others, signingSecret };
}
