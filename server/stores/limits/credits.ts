import { inArray, type SQL, sql } from 'drizzle-orm';
import { credits } from '../../../drizzle/schema/limits.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { MAX_CREDITS } from '../../../shared/limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { Batcher, type BatchLoad } from '../database/batcher.ts';
import type { Database } from '../database/database.ts';
import { retryWhileLocked } from '../database/retry-locked-rows.ts';
import { currentCredits, numberOf } from './credit-policy.ts';

/** Calls share statements. If more than `maxQueued` calls wait, the store counts as unavailable. */
const BATCHES = { size: 500, maxConcurrent: 2, maxQueued: 20_000 };

/** The charge of one metered call. */
interface SpendRequest {
  /** The metered subjects: the key's id, its external owner's, or both. */
  readonly subjects: readonly string[];
  readonly cost: number;
  readonly payer: FairnessPath;
}

/** Whether a call was paid for, and how many credits remain. */
export interface Spent {
  readonly paid: boolean;
  /** Of the subject that has the fewest; null if none of them is metered any more. */
  readonly remaining: number | null;
  /** When a refill will cover a call that cannot be paid now, in unix milliseconds; null if none will. */
  readonly refillAt: number | null;
}

/**
 * Credits of metered keys and external owners. A conditional decrement in the database charges all of a call's subjects or
 * none. Concurrent calls share one statement.
 */
export class CreditStore {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Null if another transaction had locked a subject. */
  readonly #spending: Batcher<SpendRequest, Spent | null>;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#spending = new Batcher({
      ...BATCHES,
      payerOf: ({ payer }) => payer,
      run: (requested) => this.#spendAll(requested),
    });
  }

  get load(): BatchLoad {
    return this.#spending.load;
  }

  /** @param payer the fairness key that waits for a statement */
  spend(subjects: readonly string[], cost: number, payer: FairnessPath): Promise<Spent> {
    return retryWhileLocked(() => this.#spending.submit({ subjects, cost, payer }));
  }

  /** Whether `spend` would be paid, without taking anything; `remaining` is the amount before it. */
  async peek(subjects: readonly string[], cost: number): Promise<Spent> {
    const rows = await this.#database.query<Row>(sql`
      select min(remaining) as remaining, ${refillAtFor(sql`${cost}::bigint`)} as refill_at, 0 as granted from (
        ${currentCredits(this.#clock())} where ${inArray(credits.subject, [...subjects])}) balance`);
    const remaining = numberOf(rows[0]?.remaining);
    return {
      paid: remaining === null || remaining >= cost,
      remaining,
      refillAt: numberOf(rows[0]?.refill_at),
    };
  }

  /** Refunds a call that failed through no fault of its caller. */
  async refund(subjects: readonly string[], cost: number): Promise<void> {
    await this.#database.db
      .update(credits)
      .set({ remaining: sql`least(${credits.remaining} + ${cost}, ${MAX_CREDITS})` })
      .where(inArray(credits.subject, [...subjects]));
  }

  async close(): Promise<void> {
    await this.#spending.drain();
  }

  /** Groups that share a subject go one after the other. */
  async #spendAll(requested: readonly SpendRequest[]): Promise<(Spent | null)[]> {
    const outcomes: (Spent | null)[] = [];
    let waiting = [...requested.entries()];
    while (waiting.length > 0) {
      const { groups, rest } = groupBySubjects(waiting);
      const rows = await this.#database.query<Granted>(spendGroups(groups, this.#clock()));
      const byGroup = new Map(rows.map((row) => [row.i, row]));
      for (const [i, { positions }] of groups.entries()) {
        const row = byGroup.get(i);
        const granted = row ? Number(row.granted) : positions.length;
        const left = { remaining: numberOf(row?.remaining), refillAt: numberOf(row?.refill_at) };
        for (const [nth, position] of positions.entries()) {
          outcomes[position] = row?.locked ? null : { paid: nth < granted, ...left };
        }
      }
      waiting = rest;
    }
    return outcomes;
  }
}

/** A row of the result. A driver may return its whole numbers as strings. */
interface Row {
  readonly granted: number | string;
  readonly remaining: number | string | null;
  readonly refill_at: number | string | null;
}

/** How many calls of a group are paid. If another transaction had locked a subject, none is, and no credits were spent. */
interface Granted extends Row {
  readonly i: number;
  readonly locked: boolean;
}

/** Calls with the same subjects and the same cost; no subject is in two groups. */
interface Group extends SpendRequest {
  /** The positions of its calls among all that were submitted. */
  readonly positions: number[];
}

function groupBySubjects(waiting: readonly [number, SpendRequest][]): {
  groups: Group[];
  rest: [number, SpendRequest][];
} {
  const groups = new Map<string, Group>();
  const groupOfSubject = new Map<string, string>();
  const rest: [number, SpendRequest][] = [];
  for (const [position, request] of waiting) {
    const name = `${request.subjects.join(' ')} ${request.cost}`;
    const group = groups.get(name);
    if (group) group.positions.push(position);
    else if (request.subjects.some((subject) => groupOfSubject.has(subject))) rest.push([position, request]);
    else {
      groups.set(name, { ...request, positions: [position] });
      for (const subject of request.subjects) groupOfSubject.set(subject, name);
    }
  }
  return { groups: [...groups.values()], rest };
}

/**
 * Locks the rows, decides by their locked state, and writes them. Groups with a row that another transaction has
 * locked are left out, and named: without those rows they would look unmetered.
 */
function spendGroups(groups: readonly Group[], now: number): SQL {
  const requested = groups.flatMap(({ subjects, cost, positions }, i) =>
    subjects.map((subject) => ({ i, subject, cost, calls: positions.length })),
  );
  return sql`
    with requested as materialized (
      select * from json_to_recordset(${JSON.stringify(requested)}::text::json) as a (i int, subject text, cost bigint, calls bigint)
    ), balance as materialized (
      ${currentCredits(now)} where subject in (select subject from requested) order by subject for update skip locked
    ), locked as materialized (
      select distinct i from requested join ${credits} using (subject)
      where not exists (select from balance where balance.subject = requested.subject)
    ), granted as materialized (
      select i, max(cost) as cost,
        case when max(cost) = 0 then max(calls) else least(max(calls), min(remaining) / max(cost)) end as granted
      from requested join balance using (subject) where i not in (select i from locked) group by i
    ), spent as (
      update ${credits} set remaining = balance.remaining - granted.granted * granted.cost, refilled_for = balance.refilled_for
      from balance join requested using (subject) join granted using (i)
      where credits.subject = balance.subject
      returning granted.i, granted.granted, granted.cost, credits.remaining, credits.refill_amount, balance.refill_at
    )
    select i, false as locked, granted, min(remaining) as remaining, ${refillAtFor(sql`cost`)} as refill_at
    from spent group by i, granted
    union all
    select i, true, 0, null, null from locked`;
}

/** When refills will cover the cost for every subject that has too few credits; null if a refill never covers it for one. */
const refillAtFor = (cost: SQL): SQL => sql`
  case when not bool_or(remaining < ${cost} and (refill_at is null or refill_amount < ${cost}))
    then max(refill_at) filter (where remaining < ${cost}) end`;
