import { and, eq, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { users } from '../../../drizzle/schema/accounts.ts';
import { formerIdentities, identities } from '../../../drizzle/schema/identities.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Db } from '../database/database.ts';
import { isExact, sumOfRevs } from '../database/rev.ts';
import { type CredentialChange, tagsOf } from './credential-change.ts';
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
  /** The fairness path of the API key that brought the person's token. */
  readonly payer: FairnessPath;
}

/**
 * The account that is linked to a person of a trusted issuer, or that there is none. Rights that the workspace removed from an
 * account stay removed after the person was unlinked from it, so former accounts count too, unless the linked one is a member.
 */
export interface LinkedAccount extends PersonInWorkspace {
  /** Null if no account is linked to the person. */
  readonly userId: string | null;
  /** The accounts that are or were linked to the person. */
  readonly accounts: readonly string[];
  /** Also true if a `rev` is not exact. */
  readonly disabled: boolean;
  /** The role in the workspace; null if no account is a member. */
  readonly role: Role | null;
  /** How the workspace requires that its members sign in; null if no account is a member. */
  readonly signInRule: SignInRule | null;
  /** When the membership ended, in milliseconds; null if an account is a member, or none has ever been one. */
  readonly removedAt: number | null;
  /** The id of the identity and the former accounts, each with the sum of the `rev`s of workspace, account and membership. */
  readonly state: string;
}

/**
 * The accounts of persons whom tokens of trusted issuers name, cached as the gate reads them. The claim of a nonce compares
 * `state`, as it compares the `rev`s of sessions.
 */
export class LinkedAccounts {
  readonly #db: Db;
  readonly #rows = new RowCache<LinkedAccount>(
    MAX_CACHED,
    ({ payer }) => payer,
    ({ accounts, workspaceId, issuer, subject }) => [
      ...accounts.flatMap((user) => tagsOf({ user })),
      ...tagsOf({ workspace: workspaceId, identity: { issuer, subject } }),
    ],
  );

  constructor(db: Db) {
    this.#db = db;
  }

  /** A person who needs no lookup; null if one is needed. */
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

  /** Drops a record that turned out to be stale, so that the next lookup reads it again. */
  invalidate(person: PersonInWorkspace): void {
    this.#rows.invalidate(personCacheKey(person));
  }

  /** Whether a record equals the cached one: the check of the replay store in the same process. */
  isCurrent(account: LinkedAccount): boolean {
    return this.#rows.peek(personCacheKey(account))?.state === account.state;
  }

  changed({ user, workspace, identity }: CredentialChange): void {
    if (user === undefined && workspace === undefined && identity === undefined) return;
    this.#rows.invalidateTagged(tagsOf({ user, workspace, identity }));
  }
}

/** Neither an issuer, which is a URL, nor the id of a workspace has white space. */
export const personCacheKey = ({ issuer, subject, workspaceId }: PersonInWorkspace): string =>
  `${issuer} ${workspaceId} ${subject}`;

async function loadAccount(db: Db, person: PersonInWorkspace): Promise<LinkedAccount> {
  const holders = await readHolders(db, person);
  const linked = holders.find(({ identity }) => identity !== null) ?? null;
  const isMember = linked !== null && isCurrent(linked);
  const counting = isMember ? [linked] : holders;
  const { member = null, removedAt = null, workspace = null } = lastDecided(counting) ?? {};
  return {
    ...person,
    userId: linked?.account.id ?? null,
    accounts: holders.map(({ account }) => account.id),
    disabled: counting.some(isDisabled) || holders.some(({ rev }) => !isExact(rev)),
    role: member && removedAt === null ? member.role : null,
    signInRule: member && removedAt === null && workspace ? signInRuleOf(workspace) : null,
    removedAt: removedAt?.getTime() ?? null,
    state: stateOf(holders),
  };
}

type Holder = Awaited<ReturnType<typeof readHolders>>[number];

/**
 * The accounts that are or were linked to a person, read by one statement, so that an account that changes from one to the
 * other is not missed.
 */
async function readHolders(db: Db, { issuer, subject, workspaceId }: PersonInWorkspace) {
  const linked = db
    .select({ identity: sql<string | null>`${identities.id}`.as('identity'), userId: identities.userId })
    .from(identities)
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)));
  const former = db
    .select({ identity: sql<string | null>`null`.as('identity'), userId: formerIdentities.userId })
    .from(formerIdentities)
    .where(and(eq(formerIdentities.issuer, issuer), eq(formerIdentities.subject, subject)));
  const held = unionAll(linked, former).as('held');
  const rows = await db
    .select({ identity: held.identity, account: users, member: memberships, workspace: workspaces })
    .from(held)
    .innerJoin(users, eq(users.id, held.userId))
    .leftJoin(memberships, and(eq(memberships.userId, held.userId), eq(memberships.workspaceId, workspaceId)))
    .leftJoin(workspaces, eq(workspaces.id, workspaceId));
  return rows.map((row) => ({
    ...row,
    removedAt: row.member && (row.member.removedAt ?? row.workspace?.deletedAt ?? null),
    // A nonce claim would not compare a workspace that does not exist.
    rev: sumOfRevs(row.workspace?.rev ?? Number.POSITIVE_INFINITY, row.account.rev, row.member?.rev ?? 0),
  }));
}

const isCurrent = ({ member, removedAt }: Holder): boolean => member !== null && removedAt === null;

/** A deleted account is disabled for ever: its memberships decide whether the person may come back. */
const isDisabled = ({ identity, account: { disabledAt, deletedAt } }: Holder): boolean =>
  deletedAt === null ? disabledAt !== null : identity !== null;

/**
 * Of several accounts of a person, the one whose membership changed last: it joined or was removed. If two changed at the same
 * time, the removed one.
 */
function lastDecided(holders: readonly Holder[]): Holder | null {
  const timeOf = ({ member, removedAt }: Holder) => (removedAt ?? member?.createdAt)?.getTime() ?? 0;
  const decided = holders.filter(({ member }) => member !== null);
  const order = (a: Holder, b: Holder) =>
    timeOf(b) - timeOf(a) || Number(isCurrent(a)) - Number(isCurrent(b));
  return decided.sort(order)[0] ?? null;
}

/** What the claim of a nonce compares: `ACCOUNTS_STATE` in SQL. */
function stateOf(holders: readonly Holder[]): string {
  const linked = holders.flatMap(({ identity, rev }) => (identity === null ? [] : [`${identity} ${rev}`]));
  const former = holders.flatMap(({ identity, account, rev }) =>
    identity === null ? [` ${account.id} ${rev}`] : [],
  );
  return [...linked, ...former.sort()].join('');
}
