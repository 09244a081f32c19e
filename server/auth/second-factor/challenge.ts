import { hash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { users } from '../../../drizzle/schema.ts';
import { isAhead } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Vault } from '../../stores/secrets/vault.ts';
import { knownDevice } from '../known-device.ts';

type User = typeof users.$inferSelect;

/** A person has this long to enter the code. */
const LIFETIME_MS = 5 * 60_000;
const PLACE = { table: 'sign_in_challenges', column: 'challenge', row: 'challenge' };

/**
 * What the service must remember between the password and the code. The client keeps it, encrypted, so that nobody takes
 * memory here.
 */
const Challenge = z.object({
  /** Used up when the session begins: a challenge begins one session. */
  id: z.string(),
  userId: z.string(),
  email: z.string(),
  /** The digest of the password's hash: a new password voids the challenge. */
  password: z.string(),
  /** The known device that sent the password; null if it is not known. */
  device: z.string().nullable(),
  /** Unix milliseconds. */
  expiresAt: z.number(),
});
export type Challenge = z.infer<typeof Challenge>;

/** A challenge for an account whose password was right. */
export function newChallenge(
  { service }: Pick<Context, 'service'>,
  user: User,
  device: string | null,
): string {
  const { vault, clock } = service.stores;
  const challenge: Challenge = {
    ...{ id: randomUUID(), userId: user.id, email: user.email, password: digestOf(user), device },
    expiresAt: clock() + LIFETIME_MS,
  };
  const { text, version } = vault.encrypt(JSON.stringify(challenge), PLACE);
  return `${version}.${Buffer.from(text, 'base64').toString('base64url')}`;
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
  const found = open(vault, encrypted);
  const isOfThisBrowser =
    found && (found.device === null || found.device === knownDevice({ service, request }, found.email));
  if (!isOfThisBrowser || !isAhead(found.expiresAt, clock()))
    throw new Refusal('SIGN_IN_INVALID', {}, 'the challenge is unknown here, or too old');
  return found;
}

/** Whether the account still has the password that was right. */
export const isPasswordOf = ({ password }: Challenge, user: User): boolean => password === digestOf(user);

function open(vault: Vault, encrypted: string): Challenge | null {
  const [, digits, text = ''] = /^([1-9]\d{0,8})\.([A-Za-z0-9_-]{40,2000})$/.exec(encrypted) ?? [];
  const version = Number(digits);
  if (!vault.has(version)) return null;
  try {
    return Challenge.parse(JSON.parse(vault.decrypt({ text, version }, PLACE)));
  } catch {
    return null;
  }
}

const digestOf = ({ passwordHash }: User): string => hash('sha256', passwordHash, 'base64url');
