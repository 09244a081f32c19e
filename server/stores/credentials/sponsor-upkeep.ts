import { and, eq, gt, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { BackOff } from '../../lib/concurrency/back-off.ts';
import { systemActor } from '../audit/audit.ts';
import { ItemFailures } from '../database/attempt-each.ts';
import type { Database, Db } from '../database/database.ts';
import { isStandby } from '../database/is-standby.ts';
import { visitEach } from '../database/visit-each.ts';
import type { Stores } from '../stores.ts';
import { changeSponsors, UNSPONSORED } from './sponsors.ts';

/*
 * An older version of Keyseal creates workspaces without a sponsor, and ends memberships without the sponsorship. During a rolling
 * upgrade it does so next to this version.
 */

/** Workspaces that one transaction locks. */
const WORKSPACES_PER_TRANSACTION = 100;

/** The user who created a workspace, if they still own it: their membership began with it. */
const creator = sql`(
  select ${memberships.userId} from ${memberships}
  where ${memberships.workspaceId} = ${workspaces.id} and ${memberships.role} = 'owner'
    and ${memberships.removedAt} is null and ${memberships.createdAt} = ${workspaces.createdAt}
  order by ${memberships.userId} limit 1
)`;

const withoutSponsor = and(isNull(workspaces.sponsorId), isNull(workspaces.deletedAt));

const sponsoredByNoOwner = and(
  ne(workspaces.sponsorId, UNSPONSORED),
  isNull(workspaces.deletedAt),
  sql`not exists (
    select from ${memberships}
    where ${memberships.workspaceId} = ${workspaces.id} and ${memberships.userId} = ${workspaces.sponsorId}
      and ${memberships.role} = 'owner' and ${memberships.removedAt} is null
  )`,
);

/**
 * Fills in the sponsors of workspaces that an older version created: the creator, or none once they no longer own it.
 * @param batches of 100 workspaces, at most
 * @param backOff the workspaces that failed before
 * @throws ItemsFailedError once it has tried every workspace
 */
export async function fillInSponsors(
  database: Pick<Database, 'db' | 'query'>,
  batches = 1,
  backOff: BackOff = new BackOff(1),
): Promise<void> {
  if (await isStandby(database)) return;
  backOff.beginRun();
  const failures = new ItemFailures(backOff);
  let after = '';
  for (let batch = 0; batch < batches; batch++) {
    const ids = await findWorkspaces(database.db, withoutSponsor, after);
    const due = ids.filter((id) => !backOff.isWaiting(id));
    // Together if all can be changed, as nearly always; else each by itself.
    if (!(await new ItemFailures().attempt(due, () => fillIn(database.db, due))))
      for (const id of due) await failures.attempt([id], () => fillIn(database.db, [id]));
    after = ids.at(-1) ?? '';
    if (ids.length < WORKSPACES_PER_TRANSACTION) break;
  }
  failures.throwAny();
}

async function fillIn(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.transaction(async (tx) => {
    const locked = await lockAvailable(tx, and(inArray(workspaces.id, [...ids]), withoutSponsor));
    const which = and(inArray(workspaces.id, locked), withoutSponsor);
    await changeSponsors(tx, which, sql`coalesce(${creator}, ${UNSPONSORED})`);
  });
}

/**
 * Ends the sponsorships of former owners, which an older version did not end, and records that.
 * @param backOff the workspaces that failed before
 * @throws ItemsFailedError once it has tried every workspace
 */
export const endFormerOwnersSponsorships = (
  stores: Pick<Stores, 'database' | 'audit' | 'credentials'>,
  backOff?: BackOff,
): Promise<void> =>
  visitEach(stores.database, {
    next: async (db, after: string | null) =>
      (await findWorkspaces(db, sponsoredByNoOwner, after ?? '', 1))[0] ?? null,
    nameOf: (id) => id,
    visit: (db, id) => endFormerOwnerSponsorship(stores, db, id),
    backOff,
  });

async function endFormerOwnerSponsorship(
  { audit, credentials }: Pick<Stores, 'audit' | 'credentials'>,
  db: Db,
  id: string,
): Promise<void> {
  const hasEnded = await db.transaction(async (tx) => {
    const locked = await lockAvailable(tx, and(eq(workspaces.id, id), sponsoredByNoOwner));
    const [former] = await tx
      .select({ sponsorId: workspaces.sponsorId })
      .from(workspaces)
      .where(and(inArray(workspaces.id, locked), sponsoredByNoOwner));
    if (!former) return false;
    await changeSponsors(tx, eq(workspaces.id, id), UNSPONSORED);
    await audit.record(tx, systemActor(id), {
      action: 'workspaces.endSponsorship',
      kind: 'workspace',
      subject: id,
      before: { sponsorId: former.sponsorId },
      after: { sponsorId: null },
    });
    return true;
  });
  if (hasEnded) credentials.changed({ workspace: id });
}

/** The ids of workspaces after one, in their order. */
async function findWorkspaces(
  db: Db,
  which: SQL | undefined,
  after: string,
  limit = WORKSPACES_PER_TRANSACTION,
): Promise<string[]> {
  const found = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(which, gt(workspaces.id, after)))
    .orderBy(workspaces.id)
    .limit(limit);
  return found.map(({ id }) => id);
}

/**
 * Locks some workspaces `for no key update`, except those that another transaction has locked. The statements that follow see every
 * change of members that committed before, and none commits in the meantime: one statement that locked and changed could still
 * see owners who have left.
 */
async function lockAvailable(tx: Db, which: SQL | undefined): Promise<string[]> {
  const locked = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(which)
    .limit(WORKSPACES_PER_TRANSACTION)
    .for('no key update', { skipLocked: true });
  return locked.map(({ id }) => id);
}
