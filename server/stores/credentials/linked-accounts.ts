import { and, eq } from 'drizzle-orm';
import { users } from '../../../drizzle/schema/accounts.ts';
import { identities } from '../../../drizzle/schema/identities.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Db } from '../database/database.ts';
import { isExact, sumOfRevs } from '../database/rev.ts';
import type { CredentialChange } from './credential-change.ts';
import { RowCache } from './row-cache.ts';
import { type SignInRule, signInRuleOf } from './sign-in-method.ts';

/** How many persons of trusted issuers are cached. */
const MAX_CACHED = 20_000;

/** A person of a trusted issuer, and the workspace in which they are seen. */
interface PersonInWorkspace {
  /** The claims `iss` and `sub`. */
  readonly issuer: string;
  readonly subject: string;
  readonly workspaceId: string;
  /** The fairness key of the key that brought the person's token. */
  readonly payer: FairnessKey;
}

/** The account that is linked to a person of a trusted issuer, or that there is none. */
export interface LinkedAccount extends PersonInWorkspace {
  /** Null if no account is linked to the person. */
  readonly userId: string | null;
  /** Also if its `rev` is not exact. */
  readonly disabled: boolean;
  /** The role in the workspace; null if the account is not a member. */
  readonly role: Role | null;
  /** How the workspace demands that its members sign in; null if the account is not a member. */
  readonly signInRule: SignInRule | null;
  /** When the account's membership ended, in milliseconds; null if the account is a member, or has never been one. */
  readonly removedAt: number | null;
  /** The id of the identity and the sum of the `rev`s of workspace, account and membership; empty if no account is linked. */
  readonly state: string;
}

/**
 * The accounts of persons whom tokens of trusted issuers name, cached as the gate reads them. The claim of a nonce compares
 * `state`, as it compares the `rev`s of sessions.
 */
export class LinkedAccounts {
  readonly #db: Db;
  readonly #rows = new RowCache<LinkedAccount>(MAX_CACHED, ({ payer }) => payer);

  constructor(db: Db) {
    this.#db = db;
  }

  /** A person who needs no look-up; null if one is needed. */
  cached(person: PersonInWorkspace): LinkedAccount | null {
    return this.#rows.hit(personCacheKey(person));
  }

  async read(person: PersonInWorkspace): Promise<LinkedAccount> {
    const load = () => loadAccount(this.#db, person);
    return (await this.#rows.read(personCacheKey(person), load)) ?? load();
  }

  /** Reads a person again who is cached already. */
  async reread({ issuer, subject, workspaceId, payer }: PersonInWorkspace): Promise<LinkedAccount> {
    const person = { issuer, subject, workspaceId, payer };
    const load = () => loadAccount(this.#db, person);
    return (await this.#rows.refresh(personCacheKey(person), load)) ?? load();
  }

  /** A person as a transaction sees them, past the cache. */
  within(tx: Db, { issuer, subject, workspaceId, payer }: PersonInWorkspace): Promise<LinkedAccount> {
    return loadAccount(tx, { issuer, subject, workspaceId, payer });
  }

  /** Drops a record that turned out to be stale, so that the next look-up reads it again. */
  invalidate(person: PersonInWorkspace): void {
    this.#rows.invalidate(personCacheKey(person));
  }

  /** Whether a record equals the cached one: the check of the replay store in the same process. */
  isCurrent(account: LinkedAccount): boolean {
    return this.#rows.peek(personCacheKey(account))?.state === account.state;
  }

  changed({ user, workspace, identity }: CredentialChange): void {
    if (user === undefined && workspace === undefined && identity === undefined) return;
    this.#rows.invalidateWhere(
      (row) =>
        (user !== undefined && row.userId === user) ||
        row.workspaceId === workspace ||
        (row.issuer === identity?.issuer && row.subject === identity.subject),
    );
  }
}

/** Neither an issuer, which is a URL, nor the id of a workspace has white space. */
export const personCacheKey = ({ issuer, subject, workspaceId }: PersonInWorkspace): string =>
  `${issuer} ${workspaceId} ${subject}`;

async function loadAccount(db: Db, person: PersonInWorkspace): Promise<LinkedAccount> {
  const { issuer, subject, workspaceId } = person;
  const [row] = await db
    .select({ identity: identities.id, account: users, member: memberships, workspace: workspaces })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .leftJoin(
      memberships,
      and(eq(memberships.userId, identities.userId), eq(memberships.workspaceId, workspaceId)),
    )
    .leftJoin(workspaces, eq(workspaces.id, workspaceId))
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)));
  if (!row)
    return {
      ...person,
      userId: null,
      disabled: false,
      role: null,
      signInRule: null,
      removedAt: null,
      state: '',
    };
  const { identity, account, member, workspace } = row;
  const removedAt = member && (member.removedAt ?? workspace?.deletedAt ?? null);
  const isMember = member !== null && removedAt === null;
  // A workspace that does not exist is none that the claim of a nonce would compare.
  const rev = sumOfRevs(workspace?.rev ?? Number.POSITIVE_INFINITY, account.rev, member?.rev ?? 0);
  return {
    ...person,
    userId: account.id,
    disabled: account.disabledAt !== null || account.deletedAt !== null || !isExact(rev),
    role: isMember ? member.role : null,
    signInRule: isMember && workspace ? signInRuleOf(workspace) : null,
    removedAt: removedAt?.getTime() ?? null,
    state: `${identity} ${rev}`,
  };
}
