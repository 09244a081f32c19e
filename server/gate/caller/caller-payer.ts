import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Caller } from './caller.ts';

/** The fairness path to which a caller's work is charged. */
export const payerOfCaller = (caller: Caller): FairnessPath =>
  caller.kind === 'key' ? caller.key.payer : caller.session.payer;
