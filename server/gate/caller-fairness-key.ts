import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';
import type { Caller } from './caller.ts';

/** The fairness key that pays for a caller's work. */
export const callerFairnessKey = (caller: Caller): FairnessKey =>
  caller.kind === 'key' ? caller.key.payer : caller.session.payer;
