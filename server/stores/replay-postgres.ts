import type { Sql } from 'postgres';
import { type Clock, seconds } from './clock.ts';
import { inTime } from './deadline.ts';
import { Outstanding } from './outstanding.ts';
import { type Claim, type ClaimOutcome, forgettable, type ReplayLimits, type ReplayStore } from './replay.ts';

/** The claims of one statement, at most. */
const BATCH = 500;
/** The statements under way at a time; claims that come meanwhile share the next one. */
const STATEMENTS = 3;
/** Claims that wait for a statement; more are answered `full`. */
const QUEUE = 20_000;
/** Rows that one statement of the purge deletes. */
const PURGED_AT_ONCE = 10_000;
/**
 * A watermark deletes only when it is this old, in seconds: longer than any statement may run, so that none
 * that still saw the lower one finds a row gone.
 */
const SETTLED = 10;

interface Waiter {
  readonly claim: Claim;
  readonly resolve: (outcome: ClaimOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Nonces in the table `nonces`, shared by all instances; outstanding ones are counted per instance. */
export function createPostgresReplayStore(options: {
  sql: Sql;
  clock: Clock;
  limits: ReplayLimits;
}): ReplayStore {
  return new PostgresReplayStore(options.sql, options.clock, options.limits);
}

class PostgresReplayStore implements ReplayStore {
  readonly readyAt = 0;
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #outstanding: Outstanding;
  readonly #running = new Set<Promise<void>>();
  #queue: Waiter[] = [];
  #closed = false;

  constructor(sql: Sql, clock: Clock, limits: ReplayLimits) {
    this.#sql = sql;
    this.#clock = clock;
    this.#outstanding = new Outstanding(limits);
  }

  async claim(claim: Claim): Promise<ClaimOutcome> {
    if (this.#closed) throw new Error('the replay store is closed');
    if (!this.#outstanding.hasRoom(claim.k) || this.#queue.length >= QUEUE) return 'full';
    this.#outstanding.add(claim.k, claim.t);
    let outcome: ClaimOutcome | undefined;
    try {
      outcome = await inTime(
        new Promise<ClaimOutcome>((resolve, reject) => {
          this.#queue.push({ claim, resolve, reject });
          this.#send();
        }),
      );
      return outcome;
    } finally {
      if (outcome !== 'won') this.#outstanding.remove(claim.k, claim.t);
    }
  }

  async purge(): Promise<void> {
    const sql = this.#sql;
    const upTo = forgettable(seconds(this.#clock));
    this.#outstanding.forget(upTo);
    let deleted: number;
    do {
      const gone = await sql`
        delete from nonces where ctid = any(array(
          select ctid from nonces where t <= (
            select t from replay_marks
            where name = 'purged' and raised_at <= now() - make_interval(secs => ${SETTLED})
          ) limit ${PURGED_AT_ONCE}
        ))`;
      deleted = gone.count;
    } while (deleted === PURGED_AT_ONCE);
    await sql`
      insert into replay_marks (name, t) values ('purged', ${upTo})
      on conflict (name) do update set t = excluded.t, raised_at = now()
      where replay_marks.t < excluded.t
        and replay_marks.raised_at <= now() - make_interval(secs => ${SETTLED})`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #send(): void {
    while (this.#queue.length > 0 && this.#running.size < STATEMENTS) {
      const waiters = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      const running = this.#settle(waiters).finally(() => {
        this.#running.delete(running);
        this.#send();
      });
      this.#running.add(running);
    }
  }

  /** Gives each outcome to exactly one waiter: copies within one statement are told apart here. */
  async #settle(waiters: readonly Waiter[]): Promise<void> {
    const first = new Map<string, Waiter>();
    for (const waiter of waiters) {
      const { k, t, nonce } = waiter.claim;
      const name = `${k} ${t} ${nonce}`;
      if (first.has(name)) waiter.resolve('seen');
      else first.set(name, waiter);
    }
    const asked = [...first.values()];
    try {
      const claims = asked.map(({ claim }) => claim);
      const outcomes = await inTime(claimAll(this.#sql, claims));
      for (const [i, waiter] of asked.entries()) {
        const outcome = outcomes[i];
        if (outcome) waiter.resolve(outcome);
        else waiter.reject(new Error('a claim was not answered'));
      }
    } catch (error) {
      for (const waiter of asked) waiter.reject(error);
    }
  }
}

/**
 * Claims many nonces in one statement, each only while its rows have the `rev`s that it was judged by.
 * The insert is sorted, so that two instances that claim the same nonces cannot wait for each other.
 */
async function claimAll(sql: Sql, claims: readonly Claim[]): Promise<ClaimOutcome[]> {
  const asked = claims.map(({ k, t, nonce, standing: { key, session } }, i) => ({
    i,
    k,
    t,
    nonce,
    key: key?.id ?? null,
    key_rev: key?.rev ?? null,
    session: session?.id ?? null,
    workspace: session?.workspaceId ?? null,
    session_rev: session?.rev ?? null,
  }));
  const rows = await sql<{ i: number; outcome: ClaimOutcome }[]>`
    with asked as materialized (
      select * from json_to_recordset(${JSON.stringify(asked)}::text::json) as a (
        i int, k text, t bigint, nonce text,
        key text, key_rev bigint, session text, workspace text, session_rev bigint
      )
    ), judged as materialized (
      select a.i, a.k, a.t, a.nonce,
        a.t <= coalesce((select mark.t from replay_marks mark where mark.name = 'purged'), 0) as behind,
        (a.key is null
          or key.rev + coalesce(owner.rev, 0) + coalesce(owning.rev, 0) = a.key_rev) is not true
        or (a.session is null
          or session.rev + person.rev + coalesce(member.rev, 0) = a.session_rev) is not true as stale
      from asked a
      left join keys key on key.id = a.key
      left join users owner on owner.id = key.owner_id
      left join memberships owning
        on owning.user_id = key.owner_id and owning.workspace_id = key.workspace_id
      left join sessions session on session.id = a.session
      left join users person on person.id = session.user_id
      left join memberships member
        on member.user_id = session.user_id and member.workspace_id = a.workspace
    ), claimed as (
      insert into nonces (k, t, nonce)
      select k, t, nonce from judged where not stale and not behind order by k, t, nonce
      on conflict do nothing
      returning k, t, nonce
    )
    select judged.i, case
      when stale then 'stale' when behind then 'behind' when claimed.k is null then 'seen' else 'won'
    end as outcome
    from judged left join claimed using (k, t, nonce)`;
  const outcomes: ClaimOutcome[] = [];
  for (const { i, outcome } of rows) outcomes[i] = outcome;
  return outcomes;
}
