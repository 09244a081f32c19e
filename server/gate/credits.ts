import { Refusal } from '../refusal.ts';
import type { Spent } from '../stores/credits.ts';
import type { Stores } from '../stores/stores.ts';
import { comeBackAt } from './come-back.ts';

/** What a call costs its key: taken once its input is right, given back where the call is then refused or fails. */
export interface Charge {
  /** Refuses with CREDITS_EXHAUSTED. @returns what is left; null where nobody counts */
  pay(): Promise<number | null>;
  giveBack(): Promise<void>;
}

/** Nothing is owed. */
const FREE: Charge = { pay: async () => null, giveBack: async () => {} };

/**
 * @param subjects of the key and its external owner those that are metered
 * @param refused told of a refusal
 * @param dry only looks
 */
export function chargeFor(
  subjects: readonly string[],
  cost: number,
  { credits, clock }: Pick<Stores, 'credits' | 'clock'>,
  refused: (error: unknown) => void,
  dry = false,
): Charge {
  if (subjects.length === 0) return FREE;
  let owes = false;
  return {
    async pay() {
      const spent = await (dry ? credits.look(subjects, cost) : credits.spend(subjects, cost));
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
  const back = refillAt === null ? {} : comeBackAt(refillAt, now);
  return new Refusal('CREDITS_EXHAUSTED', { ...left, ...back });
}
