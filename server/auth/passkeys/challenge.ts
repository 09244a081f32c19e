import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { isFuture } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import { cookieOf, hostCookie } from '../cookies.ts';
import { decryptState, encryptState } from '../sign-in-state.ts';

/** How long a person has to confirm on their device, in milliseconds. */
export const CHALLENGE_LIFETIME_MS = 5 * MINUTE_MS;
/** The cookie that identifies the browser that began a sign-in. It grants no access. */
const COOKIE = '__Host-keyseal-passkey';
const BROWSER = /^[A-Za-z0-9_-]{22}$/;

/** What the service must remember while a person confirms on their device. */
const Signed = {
  /** What the authenticator signs: 32 random bytes in base64url. */
  challenge: z.string(),
  rpId: z.string(),
  /** Unix milliseconds. */
  expiresAt: z.number(),
};

const SignInChallenge = z.object({
  ...Signed,
  /** The browser that began the sign-in; null if it keeps no cookie of this service. */
  browser: z.string().nullable(),
});
export type SignInChallenge = z.infer<typeof SignInChallenge>;

const RegistrationChallenge = z.object({
  ...Signed,
  userId: z.string(),
  sessionId: z.string(),
  /** The digest of the hash of the password that the user gave: a new password voids the challenge. */
  password: z.string(),
});
type RegistrationChallenge = z.infer<typeof RegistrationChallenge>;

const SIGN_IN = {
  place: { table: 'passkey_challenges', column: 'sign_in', row: 'challenge' },
  schema: SignInChallenge,
  maxLength: 2_000,
};
const REGISTRATION = {
  place: { table: 'passkey_challenges', column: 'registration', row: 'challenge' },
  schema: RegistrationChallenge,
  maxLength: 2_000,
};

/** What the authenticator signs, and the encrypted string for the client to keep. */
interface NewChallenge {
  readonly challenge: string;
  readonly encrypted: string;
}

const fresh = (rpId: string, now: number) => ({
  challenge: randomBytes(32).toString('base64url'),
  rpId,
  expiresAt: now + CHALLENGE_LIFETIME_MS,
});

/** @param cookie whether the browser keeps cookies of this service: then the challenge is valid in this browser only */
export function newSignInChallenge(ctx: Context, rpId: string, cookie: boolean): NewChallenge {
  const { vault, clock } = ctx.service.stores;
  const browser = cookie ? rememberBrowser(ctx) : null;
  const state: SignInChallenge = { ...fresh(rpId, clock()), browser };
  return { challenge: state.challenge, encrypted: encryptState(vault, SIGN_IN, state) };
}

/** The challenge of a registration, for a user who has proven who they are. */
export function newRegistrationChallenge(
  { service }: Pick<Context, 'service'>,
  rpId: string,
  person: Pick<RegistrationChallenge, 'userId' | 'sessionId' | 'password'>,
): NewChallenge {
  const { vault, clock } = service.stores;
  const state: RegistrationChallenge = { ...fresh(rpId, clock()), ...person };
  return { challenge: state.challenge, encrypted: encryptState(vault, REGISTRATION, state) };
}

/**
 * The challenge of a sign-in that a client kept.
 * @throws Refusal SIGN_IN_INVALID if it is forged, of a registration, too old, or of another browser
 */
export function readSignInChallenge(
  { service, request }: Pick<Context, 'service' | 'request'>,
  encrypted: string,
): SignInChallenge {
  const { vault, clock } = service.stores;
  const found = decryptState(vault, SIGN_IN, encrypted);
  const isOfThisBrowser = found && (found.browser === null || found.browser === browserOf(request));
  if (!isOfThisBrowser || !isFuture(found.expiresAt, clock())) throw challengeRefusal();
  return found;
}

/**
 * The challenge of a registration that the caller began in this session.
 * @throws Refusal SIGN_IN_INVALID
 */
export function readRegistrationChallenge(
  { service }: Pick<Context, 'service'>,
  encrypted: string,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): RegistrationChallenge {
  const { vault, clock } = service.stores;
  const found = decryptState(vault, REGISTRATION, encrypted);
  const isTheirs = found?.userId === userId && found.sessionId === sessionId;
  if (!isTheirs || !isFuture(found.expiresAt, clock())) throw challengeRefusal();
  return found;
}

const challengeRefusal = () =>
  new Refusal('SIGN_IN_INVALID', {}, 'the challenge is unknown here, or too old');

/** The id of the calling browser, which several tabs share. */
function rememberBrowser(ctx: Context): string {
  const browser = browserOf(ctx.request) ?? randomBytes(16).toString('base64url');
  ctx.cookies.push(hostCookie(COOKIE, browser, CHALLENGE_LIFETIME_MS / 1000));
  return browser;
}

function browserOf({ cookie }: Context['request']): string | null {
  const value = cookieOf(cookie, COOKIE);
  return value !== null && BROWSER.test(value) ? value : null;
}
