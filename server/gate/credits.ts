import { workspaceKey } from '../../shared/fairness/fairness-key.ts';
import { Refusal } from '../lib/refusal.ts';
import type { KeyRecord } from '../stores/credentials/credential-rows.ts';
import type { Spent } from '../stores/limits/credits.ts';
import type { Stores } from '../stores/stores.ts';
import { retryAfterMoment } from './retry-after.ts';

/** What a call costs its key: taken once its input is right, given back where the call is then refused or fails. */
export interface Charge {
  /** Refuses with CREDITS_EXHAUSTED. @returns what is left; null where nobody counts */
  pay(): Promise<number | null>;
  giveBack(): Promise<void>;
}

/** Nothing is owed. */
const FREE: Charge = { pay: async () => null, giveBack: async () => {} };

/**
 * @param key the key that calls; null where no key does
 * @param refused told of a refusal
 * @param dry only looks
 */
export function chargeFor(
  key: Pick<KeyRecord, 'id' | 'workspaceId' | 'metered'> | null,
  cost: number,
  { credits, clock }: Pick<Stores, 'credits' | 'clock'>,
  refused: (error: unknown) => void,
  dry = false,
): Charge {
  if (key === null || key.metered.length === 0) return FREE;
  const subjects = key.metered;
  const payer = workspaceKey(key.workspaceId, key.id);
  let owes = false;
  return {
    async pay() {
      const spent = await (dry ? credits.look(subjects, cost) : credits.spend(subjects, cost, payer));
      if (spent.paid) {
        owes = !dry;
        return spent.remaining;
      }
      const refusal = exhausted(spent, clock());
      refused(refusal);
      throw refusal;
    },
    async giveBack() {
      if (!owes) return;
      owes = false;
      await credits.giveBack(subjects, cost);
    },
  };
}

function exhausted({ remaining, refillAt }: Spent, now: number): Refusal {
  const left = remaining === null ? {} : { remaining };
  const back = refillAt === null ? {} : retryAfterMoment(refillAt, now);
  return new Refusal('CREDITS_EXHAUSTED', { ...left, ...back });
}
