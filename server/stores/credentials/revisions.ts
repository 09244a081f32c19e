import { sql } from 'drizzle-orm';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Database } from '../database/database.ts';
import { KEY_REVISIONS, PERSON_CHANGED, REVISED_ROWS, SESSION_REVISIONS } from '../database/rev.ts';
import { type CallerRevisions, revisionColumns } from '../replay/replay.ts';

/** A key that a stream shows, and on which nothing else depends. */
export interface TailedKey {
  readonly id: string;
  readonly workspaceId: string;
  /** The fairness path of the caller that the stream belongs to. */
  readonly payer: FairnessPath;
}

/** What a stream depends on. */
export interface StreamDependencies extends CallerRevisions {
  /** Only has to be in its workspace: deleting a key raises no `rev`, and no other change matters to the stream. */
  readonly tailed?: TailedKey;
}

/**
 * Whether the rows of many callers still have the cached `rev`s, and whether the keys that they watch still exist, in one
 * statement. False for a deleted row.
 * The claim of a nonce compares the same sums (`replay/replay-postgres.ts`).
 */
export async function areUnchanged(
  { query }: Pick<Database, 'query'>,
  streams: readonly StreamDependencies[],
): Promise<boolean[]> {
  const requested = streams.map(({ tailed, ...caller }, i) => ({
    i,
    tailed: tailed?.id ?? null,
    tailed_in: tailed?.workspaceId ?? null,
    ...revisionColumns(caller),
  }));
  const rows = await query<{ i: number }>(sql`
    select a.i
    from json_to_recordset(${JSON.stringify(requested)}::text::json) as a (
      i int, key text, key_rev bigint, session text, workspace text, session_rev bigint, tailed text, tailed_in text,
      issuer text, person text, provider_session text, issued_at bigint, subject text, account text
    )
    ${sql.raw(REVISED_ROWS)}
    left join keys tailed on tailed.id = a.tailed and tailed.workspace_id = a.tailed_in and tailed.deleted_at is null
    where (a.key is null or ${sql.raw(KEY_REVISIONS)} = a.key_rev)
      and (a.session is null or ${sql.raw(SESSION_REVISIONS)} = a.session_rev)
      and (a.tailed is null or tailed.id is not null)
      and not ${sql.raw(PERSON_CHANGED)}`);
  const unchanged = new Set(rows.map(({ i }) => i));
  return streams.map((_, i) => unchanged.has(i));
}
