import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import type { Caller } from './caller.ts';

/** The fairness key to which a caller's work is charged. */
export const payerOfCaller = (caller: Caller): FairnessKey =>
  caller.kind === 'key' ? caller.key.payer : caller.session.payer;
