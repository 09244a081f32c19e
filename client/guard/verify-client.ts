import type { inferRouterOutputs } from '@trpc/server';
import { keyParts } from '../../shared/key-format.ts';
import { MAX_TIMER_MS } from '../calls/deadline.ts';
import { KeysealRefusal } from '../calls/refusal.ts';
import { createKeysealClient, type KeysealClient } from '../create-client.ts';
import type { KeysealRouter } from '../router.ts';
import { areLimits, type ClaimedCaller, isAdmission } from './admission-check.ts';
import { type GuardResponse, refusalResponse } from './guard-response.ts';
import type { GuardOptions } from './options.ts';
import type { ReportedRequest } from './verify-input.ts';

type VerifyOutput = inferRouterOutputs<KeysealRouter>['verify'];
export type ValidVerdict = Extract<VerifyOutput, { valid: true }>;
type InvalidVerdict = Extract<VerifyOutput, { valid: false }>;

/** Calls Keyseal's `verify`. Rejects, and admits no caller, unless the response is a valid verdict about the caller. */
export class VerifyClient {
  readonly #keyseal: KeysealClient;
  readonly #timeout: number;
  /** The environment of the guard's key. */
  readonly #environment: string;

  constructor({ url, apiKey, signingSecret, fetch, timeout = 5_000 }: GuardOptions) {
    const custom = fetch ? { fetch } : {};
    // The client's timeout bounds one request. `#withTimeout` bounds the call, with its second request after a clock correction.
    this.#keyseal = createKeysealClient({ url, apiKey, signingSecret, timeout: false, ...custom });
    this.#timeout = Math.min(timeout, MAX_TIMER_MS);
    this.#environment = keyParts(apiKey).environment;
  }

  /** Calls `verify` once: the first call uses up the request's nonce. */
  async verify(
    input: ReportedRequest,
    claimed: ClaimedCaller,
  ): Promise<{ readonly valid: ValidVerdict } | { readonly refused: GuardResponse }> {
    const verdict = await this.#withTimeout((signal) => this.#keyseal.verify.mutate(input, { signal })).catch(
      (error) => Promise.reject(explain(error)),
    );
    if (isAdmission(verdict, claimed, input.require ?? {}, this.#environment))
      return { valid: verdict as ValidVerdict };
    if (!isRefusal(verdict)) throw new Error('The response of Keyseal is not about this request.');
    // This refusal can only concern the guard's key: the guard has checked the host of the request.
    if (verdict.reason === 'AUTHORITY_UNKNOWN') throw new Error(unknownAuthority(input.authority));
    return { refused: responseOfVerdict(verdict) };
  }

  /** Rejects if there is no response in time, whether or not the fetch respects its signal. */
  async #withTimeout<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`Keyseal did not respond within ${this.#timeout} ms.`);
        controller.abort(error);
        reject(error);
      }, this.#timeout);
    });
    try {
      return await Promise.race([call(controller.signal), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether a verdict refuses. The guard requests no dry run, so a dry-run verdict cannot be about this request. */
const isRefusal = (verdict: unknown): verdict is InvalidVerdict =>
  Object(verdict).valid === false && !('dryRun' in Object(verdict));

/** The refusal as an HTTP response. @throws Error if it is not a refusal of Keyseal */
function responseOfVerdict({ valid, limits, ...refused }: InvalidVerdict): GuardResponse {
  const { reason, httpStatus, message, requestId, retryAfter = 0 } = refused;
  const sound =
    matches(reason, /^[A-Z][A-Z_]{2,63}$/) &&
    Number.isInteger(httpStatus) &&
    httpStatus >= 400 &&
    httpStatus < 500 &&
    typeof message === 'string' &&
    matches(requestId, /^[\w-]{1,64}$/) &&
    Number.isSafeInteger(retryAfter) &&
    areLimits(limits);
  if (!sound) throw new Error('Keyseal returned a malformed refusal.');
  return refusalResponse(
    refused,
    limits.map(({ resetAt, ...rest }) => ({ ...rest, resetAt: Date.parse(resetAt) })),
  );
}

const matches = (value: unknown, form: RegExp): boolean => typeof value === 'string' && form.test(value);

const unknownAuthority = (authority: string): string =>
  `The guard's key may not verify requests to ${authority}: add ${authority} to the key's "authorities" in Keyseal, or correct the guard's option "authority".`;

/** The maximum characters of a refusal's details, so that a log line stays readable. */
const MAX_NAMED = 2_000;

/**
 * Adds the details of a refused call of `verify` to its message, so that `String(error)` shows what to correct;
 * `details` keeps it as data. Returns any other error as it is.
 */
function explain(error: unknown): unknown {
  if (!(error instanceof KeysealRefusal) || !error.shape) return error;
  const { issues, missing } = error.details;
  const named = Array.isArray(issues) ? issues.map((issue) => `${issue?.path}: ${issue?.message}`) : [];
  if (missing !== undefined) named.push(`the guard's key lacks ${missing}`);
  if (named.length === 0) return error;
  const text = named.join('; ').slice(0, MAX_NAMED);
  const message = `Keyseal refused the guard's call of verify with ${error.reason}: ${error.message} ${text}`;
  return new KeysealRefusal({ ...error.shape, message, data: error.details });
}
