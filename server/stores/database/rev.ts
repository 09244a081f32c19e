import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** From here on JavaScript cannot tell whole numbers apart (ECMA-262 §21.1.2.6). */
const INEXACT = 2 ** 53;

/** The next `rev` of a row. It saturates at 2^53, which no caller can hold, so that revocation works for any stored value. */
export const raiseRev = (rev: PgColumn): SQL => sql`least(${rev}, ${sql.raw(String(INEXACT - 1))}) + 1`;

/** The sum of the `rev`s of a caller's rows; all sums that cannot be compared are the same one. */
export const sumOfRevs = (...revs: readonly number[]): number =>
  Math.min(
    revs.reduce((sum, rev) => sum + rev, 0),
    INEXACT,
  );

/** Whether a sum can be compared. Nobody is admitted by rows with any other one. */
export const isExact = (sum: number): boolean => sum < INEXACT;

/**
 * The same sum in SQL. It never overflows, which would fail the statement for the other callers who share it. The sum of a row
 * that is missing is none that could be compared.
 */
const sumInSql = (...revs: readonly string[]): string =>
  `least(${revs.map((rev) => `least(${rev}, ${INEXACT})`).join(' + ')}, ${INEXACT})`;

/** SQL: the sum of a key's `rev`s as they are now. */
export const KEY_REVISIONS = sumInSql(
  'key.rev',
  'workspace.rev',
  'coalesce(owner.rev, 0)',
  'coalesce(owning.rev, 0)',
);

/** SQL: the sum of a session's `rev`s as they are now. */
export const SESSION_REVISIONS = sumInSql(
  'session.rev',
  'workspace.rev',
  'person.rev',
  'coalesce(member.rev, 0)',
);

/** The sum of the `rev`s of an account that is or was linked to a person, as they are now. */
const ACCOUNT_REVISIONS = sumInSql('workspace.rev', 'holder.rev', 'coalesce(belonging.rev, 0)');

/** SQL: the rows of a row `a` of `revisionColumns` whose `rev`s are summed; `workspace` is that in which the caller acts. */
export const REVISED_ROWS = `
  left join workspaces workspace on workspace.id = a.workspace
  left join keys key on key.id = a.key
  left join users owner on owner.id = key.owner_id
  left join memberships owning on owning.user_id = key.owner_id and owning.workspace_id = key.workspace_id
  left join sessions session on session.id = a.session
  left join users person on person.id = session.user_id
  left join memberships member on member.user_id = session.user_id and member.workspace_id = a.workspace`;

/** SQL: what of an account counts in the workspace; `held` has its id, a row of one of the tables of identities. */
const HOLDER = `
  join users holder on holder.id = held.user_id
  left join memberships belonging on belonging.user_id = held.user_id and belonging.workspace_id = a.workspace
  where held.issuer = a.issuer and held.subject = a.subject`;

/** SQL: the state of a person's accounts as it is now, written as `stateOf` of the linked accounts writes it. */
const ACCOUNTS_STATE = `
  coalesce((select held.id || ' ' || ${ACCOUNT_REVISIONS} from identities held ${HOLDER}), '')
  || coalesce((
    select string_agg(' ' || held.user_id || ' ' || ${ACCOUNT_REVISIONS}, '' order by held.user_id collate "C")
    from former_identities held ${HOLDER}
  ), '')`;

/**
 * SQL: whether the person of a trusted issuer in a row `a` of `revisionColumns` has logged out, or the accounts that are or were linked
 * to them are not as the gate has read them. Never null.
 */
export const PERSON_CHANGED = `(
  (a.issuer is not null and exists (
    select from provider_logouts logout
    where logout.issuer = a.issuer and logout.who in (a.person, a.provider_session)
      and logout.logged_out_at >= a.issued_at
  ))
  or (a.account is not null and a.account <> ${ACCOUNTS_STATE})
)`;
