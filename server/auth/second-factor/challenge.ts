import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { users } from '../../../drizzle/schema/accounts.ts';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { isFuture } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import { knownBrowser } from '../known-browser.ts';
import { passwordDigest } from '../passwords.ts';
import { decryptState, encryptState } from '../sign-in-state.ts';

type User = typeof users.$inferSelect;

/** How long a user has to enter the code, in milliseconds. */
const LIFETIME_MS = 5 * MINUTE_MS;

/** What the service must remember between the password and the code. */
const Challenge = z.object({
  /** Used up when the session begins: a challenge begins one session. */
  id: z.string(),
  userId: z.string(),
  email: z.string(),
  /** The digest of the password's hash: a new password voids the challenge. */
  password: z.string(),
  /** The known browser that sent the password; null if it is not known. */
  device: z.string().nullable(),
  /** Unix milliseconds. */
  expiresAt: z.number(),
});
export type Challenge = z.infer<typeof Challenge>;

const STATE = {
  place: { table: 'sign_in_challenges', column: 'challenge', row: 'challenge' },
  schema: Challenge,
  maxLength: 2_000,
};

/** A challenge for an account whose password was correct. */
export function newChallenge(
  { service }: Pick<Context, 'service'>,
  user: User,
  device: string | null,
): string {
  const { vault, clock } = service.stores;
  const challenge: Challenge = {
    id: randomUUID(),
    userId: user.id,
    email: user.email,
    device,
    password: passwordDigest(user.passwordHash),
    expiresAt: clock() + LIFETIME_MS,
  };
  return encryptState(vault, STATE, challenge);
}

/**
 * The challenge that a client kept.
 * @throws Refusal SIGN_IN_INVALID if it is forged, too old, or of another browser
 */
export function readChallenge(
  { service, request }: Pick<Context, 'service' | 'request'>,
  encrypted: string,
): Challenge {
  const { vault, clock } = service.stores;
  const found = decryptState(vault, STATE, encrypted);
  const isOfThisBrowser =
    found && (found.device === null || found.device === knownBrowser({ service, request }, found.email));
  if (!isOfThisBrowser || !isFuture(found.expiresAt, clock()))
    throw new Refusal('SIGN_IN_INVALID', {}, 'the challenge is unknown here, or too old');
  return found;
}

/** Whether the account still has the password that was given. */
export const isPasswordOf = ({ password }: Challenge, { passwordHash }: User): boolean =>
  password === passwordDigest(passwordHash);
