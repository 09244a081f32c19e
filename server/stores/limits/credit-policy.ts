import { eq, type SQL, sql } from 'drizzle-orm';
import { credits } from '../../../drizzle/schema/limits.ts';
import type { Db } from '../database/database.ts';

/** How a key or an external owner is metered. */
export interface CreditPolicy {
  readonly remaining: number;
  readonly refill?: { readonly amount: number; readonly every: 'day' | 'month' } | undefined;
}

/** Meters a subject afresh, with its first refill in the next period; stops metering it if the policy is null. */
export async function writeCredits(
  tx: Db,
  subject: string,
  policy: CreditPolicy | null,
  now: Date,
): Promise<void> {
  if (policy === null) return void (await tx.delete(credits).where(eq(credits.subject, subject)));
  const { remaining, refill } = policy;
  const row = {
    subject,
    remaining,
    refillAmount: refill?.amount ?? null,
    refillEvery: refill?.every ?? null,
    refilledFor: now,
  };
  await tx.insert(credits).values(row).onConflictDoUpdate({ target: credits.subject, set: row });
}

/** Credits at a time, to be joined as `balance` on `balance.subject`. @param now milliseconds */
export function creditsNow(now: number) {
  return {
    table: sql`(${currentCredits(now)}) balance`,
    columns: {
      remaining: sql<number | string | null>`balance.remaining`.as('balance_remaining'),
      amount: sql<number | string | null>`balance.refill_amount`.as('balance_amount'),
      every: sql<'day' | 'month' | null>`balance.refill_every`.as('balance_every'),
    },
  };
}

/** The policy of a joined row; null if the subject is not metered. */
export function creditPolicyOf(balance: {
  remaining: number | string | null;
  amount: number | string | null;
  every: 'day' | 'month' | null;
}): CreditPolicy | null {
  const remaining = numberOf(balance.remaining);
  if (remaining === null) return null;
  return balance.every === null
    ? { remaining }
    : { remaining, refill: { amount: Number(balance.amount), every: balance.every } };
}

/**
 * The rows as they are now, refilled if a new period has begun. A clock that jumped ahead brings one refill early, and
 * no second one when it is corrected; it delays the next ones by no more than the jump.
 */
export function currentCredits(now: number): SQL {
  const at = sql`${new Date(now).toISOString()}::timestamptz at time zone 'UTC'`;
  const period = sql`date_trunc(refill_every, ${at}) at time zone 'UTC'`;
  const next = sql`(date_trunc(refill_every, ${at}) + ('1 ' || refill_every)::interval) at time zone 'UTC'`;
  const due = sql`refill_every is not null and ${period} > refilled_for`;
  return sql`
    select subject, refill_amount, refill_every,
      case when ${due} then greatest(remaining, refill_amount) else remaining end as remaining,
      case when ${due} then ${period} when refill_every is null then refilled_for
        else least(refilled_for, ${next}) end as refilled_for,
      (extract(epoch from ${next}) * 1000)::bigint as refill_at
    from ${credits}`;
}

/** A whole number from the database, which a driver may return as a string. */
export const numberOf = (value: number | string | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);
