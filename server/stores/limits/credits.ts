import { inArray, sql } from 'drizzle-orm';
import { credits } from '../../../drizzle/schema/limits.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { MAX_CREDITS } from '../../../shared/limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { Batcher, type BatchLoad } from '../database/batcher.ts';
import type { Database } from '../database/database.ts';
import { LockedRowRetries } from '../database/locked-row-retries.ts';
import { groupCalls, type SpendRequest } from './credit-groups.ts';
import { currentCredits, numberOf } from './credit-policy.ts';
import { type Balance, type SpentBalance, spendGroups } from './spend-groups.ts';

/** Calls share statements. If more than `maxQueued` calls wait, the store counts as unavailable. */
const BATCHES = { size: 500, maxConcurrent: 2, maxQueued: 20_000 };

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
  /** Null if the call has to be submitted again: a subject was locked, or has too few credits for all calls of the statement. */
  readonly #spending: Batcher<SpendRequest, Spent | null>;
  readonly #retries = new LockedRowRetries();

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

  /** @param payer the path that waits its turn for a statement */
  spend(subjects: readonly string[], cost: number, payer: FairnessPath): Promise<Spent> {
    return this.#retries.submit(payer, () => this.#spending.submit({ subjects, cost, payer }));
  }

  /** Whether `spend` would be paid, without taking anything; `remaining` is the amount before it. */
  async peek(subjects: readonly string[], cost: number): Promise<Spent> {
    const balances = await this.#database.query<Balance>(sql`
      select remaining, refill_amount, refill_at from (
        ${currentCredits(this.#clock())} where ${inArray(credits.subject, [...subjects])}) balance`);
    const remaining = leastOf(balances);
    return { paid: canPay(remaining, cost), remaining, refillAt: refillAtFor(balances, cost) };
  }

  /** Refunds a call that failed through no fault of its caller. */
  async refund(subjects: readonly string[], cost: number): Promise<void> {
    await this.#database.db
      .update(credits)
      .set({ remaining: sql`least(${credits.remaining} + ${cost}, ${MAX_CREDITS})` })
      .where(inArray(credits.subject, [...subjects]));
  }

  async close(): Promise<void> {
    await this.#retries.drain();
    await this.#spending.drain();
  }

  /** One statement, whatever subjects the calls share: callers of other subjects wait for it, too. */
  async #spendAll(requested: readonly SpendRequest[]): Promise<(Spent | null)[]> {
    const groups = groupCalls(requested);
    const rows = await this.#database.query<SpentBalance>(spendGroups(groups, this.#clock()));
    const balances = groups.map((): SpentBalance[] => []);
    for (const row of rows) balances[row.g]?.push(row);
    const outcomes: (Spent | null)[] = [];
    for (const [g, { cost, positions }] of groups.entries()) {
      const ofGroup = balances[g] ?? [];
      for (const [nth, position] of positions.entries()) outcomes[position] = outcomeOf(ofGroup, cost, nth);
    }
    return outcomes;
  }
}

/**
 * The outcome of a group's call; null if it has to be submitted again.
 * @param balances of the subjects that are still metered
 * @param nth the position of the call in its group
 */
function outcomeOf(balances: readonly SpentBalance[], cost: number, nth: number): Spent | null {
  if (balances.some(({ locked }) => locked)) return null;
  const granted = balances[0] ? Number(balances[0].granted) : Number.POSITIVE_INFINITY;
  const spent = { remaining: leastOf(balances), refillAt: refillAtFor(balances, cost) };
  if (nth < granted) return { paid: true, ...spent };
  return canPay(spent.remaining, cost) ? null : { paid: false, ...spent };
}

const canPay = (remaining: number | null, cost: number): boolean => remaining === null || remaining >= cost;

/** The credits of the subject that has the fewest; null if none is metered. */
function leastOf(balances: readonly Balance[]): number | null {
  const all = balances.map(({ remaining }) => numberOf(remaining)).filter((one) => one !== null);
  return all.length === 0 ? null : Math.min(...all);
}

/** When refills will cover the cost for every subject that has too few credits; null if a refill never covers it for one. */
function refillAtFor(balances: readonly Balance[], cost: number): number | null {
  const short = balances.filter(({ remaining }) => !canPay(numberOf(remaining), cost));
  const refills = short.map(({ refill_amount, refill_at }) =>
    (numberOf(refill_amount) ?? 0) < cost ? null : numberOf(refill_at),
  );
  const known = refills.filter((at) => at !== null);
  return known.length === 0 || known.length < refills.length ? null : Math.max(...known);
}
