import { type SQL, sql } from 'drizzle-orm';
import { credits } from '../../../drizzle/schema/limits.ts';
import type { CreditGroup } from './credit-groups.ts';
import { currentCredits } from './credit-policy.ts';

/** A metered subject's credits. A driver may return whole numbers as strings. */
export interface Balance {
  readonly remaining: number | string | null;
  readonly refill_amount: number | string | null;
  readonly refill_at: number | string | null;
}

/** A subject of a group after the statement, and how many calls of the group are paid. */
export interface SpentBalance extends Balance {
  /** The position of the group. */
  readonly g: number;
  readonly granted: number | string;
  /** Whether another transaction had locked a subject of the group: then nothing was taken for it. */
  readonly locked: boolean;
}

/**
 * Locks the rows, decides by their locked state, and writes them. It pays for all calls of a component that their subjects
 * can pay for; if a subject has too few credits for all of them, for those of one group. Groups with a row that another
 * transaction has locked are left out, and named: without those rows they would look unmetered.
 */
export function spendGroups(groups: readonly CreditGroup[], now: number): SQL {
  const requested = groups.flatMap(({ subjects, cost, positions, component }, g) =>
    subjects.map((subject) => ({ g, component, subject, cost, calls: positions.length })),
  );
  return sql`
    with requested as materialized (
      select * from json_to_recordset(${JSON.stringify(requested)}::text::json)
        as a (g int, component int, subject text, cost bigint, calls bigint)
    ), balance as materialized (
      ${currentCredits(now)} where subject in (select subject from requested) order by subject for update skip locked
    ), locked as materialized (
      select distinct g from requested join ${credits} using (subject)
      where not exists (select from balance where balance.subject = requested.subject)
    ), payable as materialized (
      select g, component, cost,
        case when cost = 0 then max(calls) else least(max(calls), min(remaining) / cost) end as calls
      from requested join balance using (subject)
      where g not in (select g from locked) group by g, component, cost
    ), demand as (
      select subject, sum(payable.cost * payable.calls) as credits
      from requested join payable using (g) group by subject
    ), short as (
      select distinct component from requested join balance using (subject) join demand using (subject)
      where balance.remaining < demand.credits
    ), granted as materialized (
      select g, cost, case
        when cost = 0 or component not in (select component from short)
          or g = min(g) filter (where cost > 0 and calls > 0) over (partition by component)
        then calls else 0 end as calls
      from payable
    ), spending as (
      select subject, sum(granted.cost * granted.calls)::bigint as credits
      from requested join granted using (g) group by subject
    ), spent as (
      update ${credits} set remaining = balance.remaining - spending.credits, refilled_for = balance.refilled_for
      from balance join spending using (subject)
      where credits.subject = balance.subject
      returning credits.subject, credits.remaining, credits.refill_amount, balance.refill_at
    )
    select g, false as locked, granted.calls as granted, remaining, refill_amount, refill_at
    from requested join granted using (g) join spent using (subject)
    union all
    select g, true, 0, null, null, null from locked`;
}
