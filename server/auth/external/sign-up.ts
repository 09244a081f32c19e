import { addressPath } from '../../../shared/fairness/fairness-path.ts';
import { Refusal } from '../../lib/refusal.ts';
import { Email, Name } from '../../lib/schemas.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { insertAccount, insertUser } from '../accounts.ts';
import { noPasswordHash } from '../passwords.ts';
import type { IdTokenClaims } from './id-token.ts';

interface NewPerson {
  readonly claims: IdTokenClaims;
  /** Whether the issuer's rules give a membership, so that the person needs no workspace of their own. */
  readonly joins: boolean;
  readonly now: Date;
}

/**
 * Creates the account of a person of an issuer, without a password.
 * @returns its id, and the id of its own workspace, or null
 * @throws Refusal ACCESS_DENIED if sign-up is closed and no rule lets the person in, or if the issuer has not verified their
 *   e-mail address; CONFLICT if an account has that email address: only its owner may link the two
 */
export async function createPerson(
  { service, request }: Context,
  tx: Db,
  { claims, joins, now }: NewPerson,
): Promise<{ readonly userId: string; readonly workspaceId: string | null }> {
  if (!joins && service.config.signUp !== 'open')
    throw new Refusal('ACCESS_DENIED', {}, 'sign-up is closed, and no join rule admits the person');
  const email = Email.safeParse(claims['email_verified'] === true ? claims['email'] : null).data;
  if (email === undefined)
    throw new Refusal('ACCESS_DENIED', {}, 'the issuer has not verified the e-mail address of the person');
  const name = Name.safeParse(claims['name']).data ?? email.slice(0, email.indexOf('@')).slice(0, 100);
  const person = { email, name, passwordHash: noPasswordHash(), createdAt: now };
  if (joins) return { userId: (await insertUser(tx, person)).id, workspaceId: null };
  const wait = service.stores.signUps.take(addressPath(request.address));
  if (wait > 0) throw new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  const { user, workspaceId } = await insertAccount(tx, person);
  return { userId: user.id, workspaceId };
}
