import type { Reason } from '../../shared/refusals.ts';
import { LabeledCounter } from '../lib/labeled-counter.ts';
import { Refusal } from '../lib/refusal.ts';
import type { ClaimOutcome } from '../stores/replay/replay.ts';

/** The step at which the gate refuses: each reason belongs to one step. */
const STEP_OF = {
  REQUEST_MALFORMED: 'form',
  BODY_TOO_LARGE: 'body',
  TOO_MANY_FAILURES: 'lookup',
  KEY_MISSING: 'bearer',
  KEY_INVALID: 'bearer',
  KEY_EXPIRED: 'key state',
  KEY_REVOKED: 'key state',
  KEY_DISABLED: 'key state',
  SIGNATURE_MISSING: 'signature',
  SIGNATURE_MALFORMED: 'signature',
  SIGNATURE_INVALID: 'signature',
  SIGNATURE_EXPIRED: 'time',
  SIGNATURE_REPLAYED: 'nonce',
  TOKEN_MISSING: 'token',
  TOKEN_INVALID: 'token',
  TOKEN_EXPIRED: 'token',
  SESSION_ENDED: 'session',
  WORKSPACE_DENIED: 'workspace',
  SIGN_IN_RULE: 'workspace',
  IP_DENIED: 'address',
  ACCESS_DENIED: 'access',
  PERMISSION_DENIED: 'permission',
  ENVIRONMENT_DENIED: 'environment',
  STEP_UP_REQUIRED: 'fresh proof',
  RATE_LIMITED: 'limits',
  CREDITS_EXHAUSTED: 'credits',
} as const satisfies Partial<Record<Reason, string>>;

/** `store` if the request is not to blame: a store did not respond or is full. */
export type GateStep = (typeof STEP_OF)[keyof typeof STEP_OF] | 'store';

/** Whether a call came to this API, or another service handed it to `verify`. */
export type CallSource = 'api' | 'verify';

/** Counts what the gate has done since startup. */
export class GateCounters {
  readonly admitted = new LabeledCounter<CallSource>();
  readonly refused = new LabeledCounter<`${CallSource} ${GateStep}`>();
  readonly nonceClaims = new LabeledCounter<ClaimOutcome | 'failed'>();

  countRefusal(source: CallSource, error: unknown): void {
    this.refused.add(`${source} ${stepOf(error)}`);
  }
}

function stepOf(error: unknown): GateStep {
  const reason = error instanceof Refusal ? error.reason : 'UNAVAILABLE';
  return reason in STEP_OF ? STEP_OF[reason as keyof typeof STEP_OF] : 'store';
}
