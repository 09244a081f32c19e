import type { Sql } from 'postgres';
import { workspacePath } from '../../../shared/fairness/fairness-path.ts';
import { SIGNATURE_MAX_AHEAD } from '../../../shared/signature.ts';
import { type Clock, seconds } from '../../lib/clock.ts';
import { QueueFullError } from '../../lib/concurrency/fair-queue.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Batcher, type BatchLoad } from '../database/batcher.ts';
import { inIndexOrderRaw } from '../database/index-order.ts';
import { KEY_REVISIONS, PERSON_CHANGED, REVISED_ROWS, SESSION_REVISIONS } from '../database/rev.ts';
import { isDatedAhead, NonceQuota } from './nonce-quota.ts';
import {
  type Claim,
  type ClaimOutcome,
  oldestReplayable,
  payerOf,
  type ReplayLimits,
  type ReplayStore,
  ReplayStoreClosed,
  revisionColumns,
} from './replay.ts';

/** Claims share statements; if too many wait, further ones return `full`. */
const BATCHES = { size: 500, maxConcurrent: 3, minBatchToOverlap: 64, maxQueued: 20_000 };
/** Rows that one statement of the purge deletes. */
const ROWS_PER_PURGE = 10_000;
/**
 * Rows are deleted only once the watermark (in the table `replay_marks`) is this old, in seconds. That is longer than any statement may
 * run: a claim that still reads the lower watermark must find every row.
 */
const MIN_WATERMARK_AGE_S = 10;

/**
 * Nonces in the table `nonces`, shared by all instances. Each instance counts those that it claimed, and, at startup, those in
 * the table that are ahead: a restart does not forget them.
 */
export async function createPostgresReplayStore(options: {
  sql: Sql;
  clock: Clock;
  limits: ReplayLimits;
}): Promise<ReplayStore> {
  const store = new PostgresReplayStore(options.sql, options.clock, options.limits);
  await store.restoreNoncesAheadOfWindow(options.limits.ahead.total);
  return store;
}

class PostgresReplayStore implements ReplayStore {
  readonly readyAt = 0;
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #quota: NonceQuota;
  readonly #claims: Batcher<Claim, ClaimOutcome>;
  #closed = false;

  constructor(sql: Sql, clock: Clock, limits: ReplayLimits) {
    this.#sql = sql;
    this.#clock = clock;
    this.#quota = new NonceQuota(limits);
    this.#claims = new Batcher({ ...BATCHES, payerOf, run: (claims) => claimDistinct(sql, claims) });
  }

  get outstanding(): Occupancy {
    return this.#quota.occupancy;
  }

  get load(): BatchLoad {
    return this.#claims.load;
  }

  async claim(claim: Claim): Promise<ClaimOutcome> {
    if (this.#closed) throw new ReplayStoreClosed('the replay store is closed');
    const { k, t } = claim;
    const ahead = isDatedAhead(t, seconds(this.#clock));
    if (!this.#quota.hasRoom(claim, ahead)) return 'full';
    this.#quota.add(k, payerOf(claim), t, ahead);
    let outcome: ClaimOutcome | undefined;
    try {
      outcome = await this.#claims.submit(claim);
      return outcome;
    } catch (error) {
      if (error instanceof QueueFullError) return 'full';
      throw error;
    } finally {
      if (outcome !== 'won' || claim.dryRun) this.#quota.remove(k, t, ahead);
    }
  }

  /** Counts the stored nonces that are ahead of the window into the quota. @param max rows that are read */
  async restoreNoncesAheadOfWindow(max: number): Promise<void> {
    const now = seconds(this.#clock);
    const rows = await this.#sql<{ k: string; t: string; workspace: string; sponsor: string | null }[]>`
      select n.k, n.t, coalesce(workspace.id, n.k) as workspace, workspace.sponsor_id as sponsor
      from nonces n
      left join keys key on key.id = n.k
      left join sessions session on session.id = n.k
      left join workspaces workspace on workspace.id = coalesce(key.workspace_id, session.workspace_id)
      where n.t > ${now + SIGNATURE_MAX_AHEAD}
      limit ${max}`;
    for (const { k, t, workspace, sponsor } of rows)
      this.#quota.add(k, workspacePath(sponsor, workspace, k), Number(t), true);
  }

  async purge(): Promise<void> {
    const sql = this.#sql;
    const upTo = oldestReplayable(seconds(this.#clock));
    this.#quota.forget(upTo);
    // If the clock of the database was ahead, or someone edited the row, its time may lie in the future or be unreadable. The
    // watermark would then never become old enough.
    await sql`
      update replay_marks set raised_at = now() where name = 'purged' and (raised_at <= now()) is not true`;
    let deleted: number;
    do {
      deleted = await inIndexOrderRaw(sql, async (tx) => {
        const purged = await tx`
          delete from nonces where ctid = any(array(
            select ctid from nonces where t <= (
              select t from replay_marks
              where name = 'purged' and raised_at <= now() - make_interval(secs => ${MIN_WATERMARK_AGE_S})
            ) order by t limit ${ROWS_PER_PURGE}
          ))`;
        return purged.count;
      });
    } while (deleted === ROWS_PER_PURGE);
    // The watermark is no higher than the newest row that it covers: an instance whose clock is ahead must not make claims
    // fail as `behind` while no instance has forgotten their nonces.
    const [newest] = await inIndexOrderRaw(
      sql,
      (tx) => tx<{ t: string }[]>`select t::text from nonces where t <= ${upTo} order by t desc limit 1`,
    );
    if (!newest) return;
    // A separate transaction: `raised_at` is when a transaction begins, and the age of the watermark must not count what it
    // waited for this process.
    await sql`
      insert into replay_marks (name, t) values ('purged', ${newest.t}::bigint)
      on conflict (name) do update set t = excluded.t, raised_at = now()
      where replay_marks.t < excluded.t
        and replay_marks.raised_at <= now() - make_interval(secs => ${MIN_WATERMARK_AGE_S})`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#claims.drain();
  }
}

/** Claims each nonce once: of equal claims in one statement, the first gets the outcome and the others get `seen`. Dry runs claim nothing. */
async function claimDistinct(sql: Sql, claims: readonly Claim[]): Promise<ClaimOutcome[]> {
  const names = new Set<string>();
  const requested: Claim[] = [];
  const positions = claims.map((claim) => {
    const name = `${claim.k} ${claim.t} ${claim.nonce}`;
    if (!claim.dryRun) {
      if (names.has(name)) return null;
      names.add(name);
    }
    requested.push(claim);
    return requested.length - 1;
  });
  const outcomes = await claimAll(sql, requested);
  return positions.map((position) => (position === null ? 'seen' : (outcomes[position] as ClaimOutcome)));
}

const toClaimRow = ({ k, t, nonce, dryRun = false, revisions }: Claim, i: number) => ({
  i,
  k,
  t,
  nonce,
  dry: dryRun,
  ...revisionColumns(revisions),
});

/**
 * Claims many nonces in one statement, each only while its rows have the `rev`s that it was checked against.
 * The insert is sorted, so that two instances that claim the same nonces cannot wait for each other.
 */
async function claimAll(sql: Sql, claims: readonly Claim[]): Promise<ClaimOutcome[]> {
  const requested = claims.map(toClaimRow);
  const rows = await sql<{ i: number; outcome: ClaimOutcome }[]>`
    with requested as materialized (
      select * from json_to_recordset(${JSON.stringify(requested)}::text::json) as a (
        i int, k text, t bigint, nonce text, dry boolean,
        key text, key_rev bigint, session text, workspace text, session_rev bigint,
        issuer text, person text, provider_session text, issued_at bigint, subject text, account text
      )
    ), checked as materialized (
      select a.i, a.k, a.t, a.nonce, a.dry,
        a.dry and exists (
          select from nonces old where old.k = a.k and old.t = a.t and old.nonce = a.nonce
        ) as seen,
        a.t <= coalesce((select mark.t from replay_marks mark where mark.name = 'purged'), 0) as behind,
        (a.key is null
          or ${sql.unsafe(KEY_REVISIONS)} = a.key_rev) is not true
        or (a.session is null
          or ${sql.unsafe(SESSION_REVISIONS)} = a.session_rev) is not true
        or ${sql.unsafe(PERSON_CHANGED)} as stale
      from requested a ${sql.unsafe(REVISED_ROWS)}
    ), claimed as (
      insert into nonces (k, t, nonce)
      select k, t, nonce from checked where not dry and not stale and not behind
      order by k, t, nonce
      on conflict do nothing
      returning k, t, nonce
    )
    select checked.i, case
      when stale then 'stale' when behind then 'behind'
      when seen or (not dry and claimed.k is null) then 'seen' else 'won'
    end as outcome
    from checked left join claimed using (k, t, nonce)`;
  const outcomes: ClaimOutcome[] = [];
  for (const { i, outcome } of rows) outcomes[i] = outcome;
  return outcomes;
}
