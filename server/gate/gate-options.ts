import type { LimitState } from '../../shared/limits.ts';
import type { Counter } from '../stores/limits/rates.ts';
import type { CallSource } from './gate-counters.ts';
import type { Scope } from './request/scope.ts';

/** The operator's settings of the gate. */
export interface GatePolicy {
  readonly brand: string;
  readonly issuer: string;
  /** Whether SIGNATURE_INVALID shows the signature base that the service built. */
  readonly showsBase: boolean;
  /** Failures a minute above which an IP address is throttled. */
  readonly addressFailures: number;
  /** Calls that one session may make in a minute. */
  readonly sessionCalls: number;
}

/** How to admit a request. */
export interface AdmissionOptions {
  /** Whether the procedure accepts a session without its token (`auth.refresh`). */
  readonly session?: boolean;
  /** Callers outside the scope look unknown. */
  readonly scope?: Scope | null;
  /** If true, claims, counts and records nothing. */
  readonly dryRun?: boolean;
}

/** How to authorize a call. */
export interface AuthorizationOptions {
  /** Called with the limits after this call, whether it is refused or not. */
  readonly onLimits: (states: readonly LimitState[]) => void;
  /** Where the call came from; the API by default. */
  readonly source?: CallSource;
  /** Limits in addition to those of the key. */
  readonly extraCounters?: readonly Counter[];
  /** If true, counts and spends nothing. */
  readonly dryRun?: boolean;
}
