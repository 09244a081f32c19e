import { sql } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { type CallerRevisions, revisionColumns } from '../replay/replay.ts';

/**
 * Whether the rows of many callers still have the cached `rev`s, in one statement. False for a deleted row.
 * The claim of a nonce compares the same sums (`replay/replay-postgres.ts`).
 */
export async function areUnchanged(
  { query }: Pick<Database, 'query'>,
  callers: readonly CallerRevisions[],
): Promise<boolean[]> {
  const asked = callers.map((caller, i) => ({ i, ...revisionColumns(caller) }));
  const rows = await query<{ i: number }>(sql`
    select a.i
    from json_to_recordset(${JSON.stringify(asked)}::text::json) as a (
      i int, key text, key_rev bigint, session text, workspace text, session_rev bigint
    )
    left join keys key on key.id = a.key
    left join users owner on owner.id = key.owner_id
    left join memberships owning on owning.user_id = key.owner_id and owning.workspace_id = key.workspace_id
    left join sessions session on session.id = a.session
    left join users person on person.id = session.user_id
    left join memberships member on member.user_id = session.user_id and member.workspace_id = a.workspace
    where (a.key is null or key.rev + coalesce(owner.rev, 0) + coalesce(owning.rev, 0) = a.key_rev)
      and (a.session is null or session.rev + person.rev + coalesce(member.rev, 0) = a.session_rev)`);
  const unchanged = new Set(rows.map(({ i }) => i));
  return callers.map((_, i) => unchanged.has(i));
}
