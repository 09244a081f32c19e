import { eq } from 'drizzle-orm';
import { identities } from '../../../drizzle/schema/identities.ts';
import { trustedClaims } from '../../gate/caller/trusted-claims.ts';
import { Refusal } from '../../lib/refusal.ts';
import { withoutFormerKeys } from '../../membership/former-keys.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { AuditChange } from '../../stores/audit/audit.ts';
import { methodOfIssuer } from '../../stores/credentials/sign-in-method.ts';
import type { EndedSponsorship } from '../../stores/credentials/sponsors.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser, lockWorkspaces } from '../../stores/database/locks.ts';
import { personOfToken, sessionNamedBy } from '../../stores/issuers/provider-logouts.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { type Account, findAccountById } from '../accounts.ts';
import { admitPerson, type LinkedIdentity } from '../admitted-session.ts';
import { unauthenticatedWritesOf } from '../password-queue.ts';
import { claimState } from '../sign-in-state.ts';
import type { IdTokenClaims } from './id-token.ts';
import { MAX_HINT } from './id-token-hint.ts';
import { findIdentity, hasDisabledFormerAccount, type Identity, insertIdentity } from './identities.ts';
import { applyJoin, claimsElsewhere, type JoinChange, joinChanges, rolesFor } from './join.ts';
import { storedRuleClaims } from './rule-claims.ts';
import { createPerson } from './sign-up.ts';

const ACTION = 'auth.finishSignIn';

/** A person whom a provider has identified. */
export interface IdentifiedPerson {
  readonly issuer: SignInIssuer;
  readonly claims: IdTokenClaims;
  readonly idToken: string;
  readonly state: string;
}

/** A change, and the workspace whose audit log gets it. */
interface WorkspaceChange {
  readonly workspaceId: string;
  readonly change: AuditChange;
}

/**
 * Begins a session for a person whom a provider has identified. Creates their account at the first sign-in, and their
 * memberships follow the issuer's `join` rules, in one transaction.
 * @throws Refusal SIGN_IN_INVALID if the sign-in was finished before, ACCESS_DENIED if the person is disabled or may have no
 *   account, CONFLICT if an account has their e-mail address and is not linked
 */
export async function signInPerson(ctx: Context, identified: IdentifiedPerson) {
  const { database, credentials } = ctx.service.stores;
  const find = () => findIdentity(database.db, identified.issuer.issuer, identified.claims.sub);
  const known = await find();
  const signInAs = (identity: Identity | null) => {
    const signIn = async (tx: Db) => {
      await refuseLoggedOut(ctx, tx, identified);
      return signInWithin(ctx, tx, identified, identity);
    };
    return withoutFormerKeys(unauthenticatedWritesOf(database, ctx.request.address), signIn);
  };
  const signedIn = await signInAs(known).catch(async (error: unknown) => {
    // In the meantime the same person may have signed in for the first time in another tab.
    const made =
      known === null && error instanceof Refusal && error.reason === 'CONFLICT' ? await find() : null;
    if (made === null) throw error;
    return signInAs(made);
  });
  const { account, session, ended, workspaces } = signedIn;
  const { issuer, claims } = identified;
  if (known === null) credentials.changed({ identity: { issuer: issuer.issuer, subject: claims.sub } });
  for (const workspace of workspaces) credentials.changed({ workspace });
  if (workspaces.length > 0) credentials.changed({ user: account.user.id });
  for (const id of ended) credentials.changed({ session: id });
  return { user: account.user, session };
}

/** The provider's response may arrive here after the logout that followed it. */
async function refuseLoggedOut({ service }: Context, tx: Db, { issuer, claims }: IdentifiedPerson) {
  const { providerLogouts } = service.stores;
  const person = personOfToken(issuer.issuer, claims.sub, sessionNamedBy(claims), claims.iat);
  await providerLogouts.lockSignIn(tx, person);
  if (await providerLogouts.hasLoggedOut(person, tx))
    throw new Refusal('SIGN_IN_INVALID', {}, 'the person logged out at the provider in the meantime');
}

async function signInWithin(
  ctx: Context,
  tx: Db,
  { issuer, claims: given, idToken, state }: IdentifiedPerson,
  known: Identity | null,
) {
  const { clock } = ctx.service.stores;
  const claims = trustedClaims(issuer, given);
  const ruleClaims = storedRuleClaims(issuer.join, given);
  logClaimsElsewhere(ctx, issuer, claims);
  const roles = rolesFor(issuer, claims);
  const planned = await joinChanges(tx, issuer.issuer, known?.userId ?? null, roles);
  const locked = await lockWorkspaces(
    tx,
    planned.map(({ workspaceId }) => workspaceId),
    'no key update',
  );
  const now = new Date(clock());
  await claimState(tx, state, now);
  const records: WorkspaceChange[] = [];
  const person = known
    ? await lockKnown(tx, known, { ruleClaims, now })
    : await addPerson(ctx, tx, { issuer, claims, ruleClaims, joins: locked.length > 0, now, records });
  const changes = (await joinChanges(tx, issuer.issuer, person.userId, roles)).filter(({ workspaceId }) =>
    locked.some(({ id }) => id === workspaceId),
  );
  const member = { userId: person.userId, issuer: issuer.issuer };
  for (const change of changes) {
    const sponsorship = await applyJoin(tx, member, change, now);
    if (sponsorship === null) logUnappliedRule(ctx, issuer, person.userId, change);
    else records.push(recordOf(change, member, sponsorship, now));
  }
  const account = await accountOf(tx, person.userId);
  const identity = { ...person.identity, session: sessionNamedBy(claims), idToken: hintOf(issuer, idToken) };
  const origin = { action: ACTION, identity, ...proofOf({ issuer, claims }, now) };
  const admitted = await admitPerson(ctx, tx, account, origin);
  records.push(...admitted.changes.map((change) => ({ workspaceId: account.workspaceId, change })));
  if (!known)
    records.push({ workspaceId: account.workspaceId, change: linked(person.userId, person.identity) });
  await recordAll(ctx, tx, person.userId, records);
  const workspaces = changes.map(({ workspaceId }) => workspaceId);
  return { account, session: admitted.session, ended: admitted.ended, workspaces };
}

/** The last thing that the transaction does. */
async function recordAll(
  { service, request }: Context,
  tx: Db,
  userId: string,
  records: readonly WorkspaceChange[],
): Promise<void> {
  for (const workspaceId of [...new Set(records.map((record) => record.workspaceId))].sort()) {
    const mine = records.filter((record) => record.workspaceId === workspaceId);
    const changes = mine.map(({ change }) => change);
    await service.stores.audit.recordAll(
      tx,
      { caller: { kind: 'user', userId, workspaceId }, request },
      changes,
    );
  }
}

/** No rule matches a claim that is missing: the operator would look for the mistake in the rules. */
function logClaimsElsewhere(
  { service, request }: Context,
  issuer: SignInIssuer,
  claims: IdTokenClaims,
): void {
  const elsewhere = claimsElsewhere(issuer, claims);
  if (elsewhere.length === 0) return;
  const what = `the ID token of ${issuer.name} has no ${elsewhere.join(', ')}: the provider keeps it elsewhere, because it is too long`;
  service.log.warn({ requestId: request.id, issuer: issuer.name, claims: elsewhere }, what);
}

/** The person is signed in anyway. */
function logUnappliedRule(
  { service, request }: Context,
  { name }: SignInIssuer,
  userId: string,
  { workspaceId, from }: JoinChange,
): void {
  const why =
    from === null ? 'the person belongs to as many workspaces as allowed' : 'the person is the last owner';
  const details = { requestId: request.id, issuer: name, userId, workspaceId };
  service.log.warn(details, `the join rules of ${name} were not applied: ${why}`);
}

/** What the session keeps of an ID token, to end the provider's session with it. */
const hintOf = ({ signIn }: SignInIssuer, idToken: string): string | null =>
  signIn.endSession && idToken.length <= MAX_HINT ? idToken : null;

/** A provider that tells when the person proved who they are may have done it days ago: that is the time of the proof. */
function proofOf({ issuer, claims }: Pick<IdentifiedPerson, 'issuer' | 'claims'>, now: Date) {
  const { auth_time } = claims;
  const provenAt = auth_time === undefined ? now : new Date(Math.min(auth_time * 1000, now.getTime()));
  return { method: methodOfIssuer(issuer, claims.amr), provenAt };
}

/** Locks the person of an identity: neither disabled nor unlinked before the commit. */
async function lockKnown(
  tx: Db,
  { id, userId }: Identity,
  { ruleClaims, now }: Pick<NewIdentity, 'ruleClaims' | 'now'>,
) {
  const user = await lockUser(tx, userId, 'no key update');
  const [identity] = await tx
    .update(identities)
    .set({ lastUsedAt: now, ruleClaims })
    .where(eq(identities.id, id))
    .returning({ id: identities.id, issuer: identities.issuer });
  if (!user || !identity)
    throw new Refusal('SIGN_IN_INVALID', {}, 'the identity was unlinked in the meantime');
  if (user.disabledAt || user.deletedAt) throw new Refusal('ACCESS_DENIED', {}, 'the account is disabled');
  return { userId, identity };
}

interface NewIdentity extends Omit<IdentifiedPerson, 'state' | 'idToken'> {
  readonly ruleClaims: string | null;
  readonly joins: boolean;
  readonly now: Date;
  readonly records: WorkspaceChange[];
}

async function addPerson(
  ctx: Context,
  tx: Db,
  { issuer, claims, ruleClaims, joins, now, records }: NewIdentity,
) {
  const which = { issuer: issuer.issuer, subject: claims.sub };
  if (await hasDisabledFormerAccount(tx, which.issuer, which.subject))
    throw new Refusal('ACCESS_DENIED', {}, 'an account from which the person was unlinked is disabled');
  const { userId, workspaceId } = await createPerson(ctx, tx, { claims, joins, now });
  // As for `auth.signUp`: the workspace's name is the person's at first, and a record is permanent.
  if (workspaceId !== null) {
    const made = { kind: 'workspace', subject: workspaceId, after: { ownerId: userId } } as const;
    records.push({ workspaceId, change: { action: ACTION, ...made } });
  }
  const link = { userId, ...which, ruleClaims, lastUsedAt: now, createdAt: now };
  return { userId, identity: await insertIdentity(tx, link) };
}

async function accountOf(tx: Db, userId: string): Promise<Account> {
  const account = await findAccountById(tx, userId);
  if (!account) throw new Refusal('ACCESS_DENIED', {}, 'the person belongs to no workspace');
  return account;
}

function recordOf(
  { workspaceId, from, to }: JoinChange,
  member: { readonly userId: string; readonly issuer: string },
  sponsorship: EndedSponsorship,
  now: Date,
): WorkspaceChange {
  const before = from === null ? null : { ...member, role: from, removedAt: null, ...sponsorship.before };
  const after = { ...member, role: to ?? from, removedAt: to === null ? now : null, ...sponsorship.after };
  return { workspaceId, change: { action: ACTION, kind: 'member', subject: member.userId, before, after } };
}

const linked = (userId: string, { id, issuer }: LinkedIdentity): AuditChange => ({
  action: ACTION,
  kind: 'identity',
  subject: id,
  after: { userId, issuer },
});
