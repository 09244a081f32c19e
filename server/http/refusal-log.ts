import type { Logger } from 'pino';
import { Pacer } from '../lib/concurrency/pacer.ts';
import type { Refusal } from '../lib/refusal.ts';

/**
 * Lines for requests of a wrong form, in all and of one rule; and for calls that found no room or no database, in all and of one
 * procedure. Anybody can cause them, and a rule that breaks all of the time is one fault, such as that of a proxy.
 */
const PACES = [
  { perSecond: 5, burst: 50 },
  { perSecond: 0.5, burst: 10 },
];

/**
 * Logs requests that were refused for their form, so that an operator sees which rule a proxy or a client breaks without
 * the level `debug`, and calls that failed. What a pace leaves out is logged at `debug`; an error of the service itself is always
 * logged.
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
 * Why a user token was refused: an operator who connects an identity provider needs it. Causes of other refusals may be those of a
 * procedure, which may hold what a caller sent.
 */
const whyOf = ({ reason, cause }: Refusal): { readonly why?: string } =>
  reason === 'TOKEN_INVALID' && cause instanceof Error ? { why: cause.message } : {};
