import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { KeyRecord } from '../../stores/credentials/credential-rows.ts';
import type { Spent } from '../../stores/limits/credits.ts';
import type { Stores } from '../../stores/stores.ts';
import { retryAfterReset } from './retry-after.ts';

/**
 * The price of a call. The key pays once the input is valid, and is refunded if the call is then refused or
 * fails.
 */
export interface Charge {
  /**
   * @returns the remaining credits, in calls; null if the key is not metered
   * @throws Refusal CREDITS_EXHAUSTED
   */
  pay(): MaybePromise<number | null>;
  refund(): MaybePromise<void>;
}

/** The charge of a call that costs nothing. */
const FREE: Charge = { pay: () => null, refund: () => {} };

/**
 * @param key the calling key; null if no key calls
 * @param onRefusal called with the refusal if the key cannot pay
 * @param dryRun if true, checks without spending credits
 */
export function chargeFor(
  key: Pick<KeyRecord, 'payer' | 'creditSubjects'> | null,
  cost: number,
  { credits, clock }: Pick<Stores, 'credits' | 'clock'>,
  onRefusal: (error: unknown) => void,
  dryRun = false,
): Charge {
  if (key === null || key.creditSubjects.length === 0) return FREE;
  const { creditSubjects: subjects, payer } = key;
  let isPaid = false;
  return {
    async pay() {
      const spent = await (dryRun ? credits.peek(subjects, cost) : credits.spend(subjects, cost, payer));
      if (spent.paid) {
        isPaid = !dryRun;
        return spent.remaining;
      }
      const refusal = creditsRefusal(spent, clock());
      onRefusal(refusal);
      throw refusal;
    },
    async refund() {
      if (!isPaid) return;
      isPaid = false;
      await credits.refund(subjects, cost);
    },
  };
}

function creditsRefusal({ remaining, refillAt }: Spent, now: number): Refusal {
  const left = remaining === null ? {} : { remaining };
  const back = refillAt === null ? {} : retryAfterReset(refillAt, now);
  return new Refusal('CREDITS_EXHAUSTED', { ...left, ...back });
}
