import { and, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { systemActor } from '../audit/audit.ts';
import type { Database, Db } from '../database/database.ts';
import { isStandby } from '../database/is-standby.ts';
import type { Stores } from '../stores.ts';
import { changeSponsors, UNSPONSORED } from './sponsors.ts';

/*
 * An older version of Keyseal creates workspaces without a sponsor, and ends memberships without the sponsorship. During a rolling
 * upgrade it does so next to this version.
 */

/** Workspaces that one transaction locks. */
const WORKSPACES_PER_TRANSACTION = 100;

/** The person who created a workspace, if they still own it: their membership began with it. */
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
 */
export async function fillInSponsors(database: Pick<Database, 'db' | 'query'>, batches = 1): Promise<void> {
  if (await isStandby(database)) return;
  for (let batch = 0; batch < batches; batch++) {
    const filled = await database.db.transaction(async (tx) => {
      const ids = await lockAvailable(tx, withoutSponsor);
      return changeSponsors(
        tx,
        and(inArray(workspaces.id, ids), withoutSponsor),
        sql`coalesce(${creator}, ${UNSPONSORED})`,
      );
    });
    if (filled.length < WORKSPACES_PER_TRANSACTION) return;
  }
}

/** Ends the sponsorships of former owners, which an older version did not end, and records that. */
export async function endFormerOwnersSponsorships({
  database,
  audit,
  credentials,
}: Pick<Stores, 'database' | 'audit' | 'credentials'>): Promise<void> {
  if (await isStandby(database)) return;
  const ended = await database.db.transaction(async (tx) => {
    const ids = await lockAvailable(tx, sponsoredByNoOwner);
    const former = await tx
      .select({ id: workspaces.id, sponsorId: workspaces.sponsorId })
      .from(workspaces)
      .where(and(inArray(workspaces.id, ids), sponsoredByNoOwner))
      .orderBy(workspaces.id);
    await changeSponsors(
      tx,
      inArray(
        workspaces.id,
        former.map(({ id }) => id),
      ),
      UNSPONSORED,
    );
    for (const { id, sponsorId } of former) {
      await audit.record(tx, systemActor(id), {
        action: 'workspaces.endSponsorship',
        kind: 'workspace' as const,
        subject: id,
        before: { sponsorId },
        after: { sponsorId: null },
      });
    }
    return former;
  });
  for (const { id } of ended) credentials.changed({ workspace: id });
}

/**
 * Locks some workspaces `for no key update`, except those that another transaction has locked. The statements that follow see every
 * change of members that committed before, and none commits meanwhile: one statement that locked and changed could still
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
