import type { Logger } from 'pino';
import { Pacer } from '../lib/concurrency/pacer.ts';
import type { Refusal } from '../lib/refusal.ts';

/**
 * Limits on log lines about malformed requests, in total and per rule, and about calls that failed for lack of capacity or a
 * database, in total and per procedure. Anyone can cause them, and a rule that is broken all the time has a single cause, such
 * as a proxy.
 */
const PACES = [
  { perSecond: 5, burst: 50 },
  { perSecond: 0.5, burst: 10 },
];

/**
 * Logs malformed requests, so that an operator sees which rule a proxy or a client breaks without the level `debug`, and calls
 * that failed. Lines over a limit are logged at `debug`; an error of the service itself is always logged.
 */
export class RefusalLog {
  readonly #log: Logger;
  readonly #pacer = new Pacer(PACES);

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param path the called procedures, as far as the target names any */
  record(refusal: Refusal, requestId: string, path?: string): void {
    const { reason, cause, details } = refusal;
    const line = { requestId, path, reason, ...whyOf(refusal) };
    if (refusal.status >= 500) {
      const isKept = reason !== 'UNAVAILABLE' || this.#pacer.take(['unavailable', path ?? '']) === 0;
      this.#log[isKept ? 'error' : 'debug']({ ...line, err: cause }, 'call failed');
      return;
    }
    const rule = details.issues?.find((issue) => issue.rule !== undefined)?.rule;
    const level = rule !== undefined && this.#pacer.take(['form', rule]) === 0 ? 'info' : 'debug';
    this.#log[level](rule === undefined ? line : { ...line, issues: details.issues }, 'call refused');
  }
}

/**
 * Why a user token was refused: an operator who connects an identity provider needs it. Causes of other refusals may come from
 * a procedure, and may contain what a caller sent.
 */
const whyOf = ({ reason, cause }: Refusal): { readonly why?: string } =>
  reason === 'TOKEN_INVALID' && cause instanceof Error ? { why: cause.message } : {};
