import type { Operation, TRPCClientError, TRPCLink } from '@trpc/client';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import type { Reason } from '../../shared/refusals.ts';
import { ResponseUnverified } from '../responses/response-unverified.ts';
import type { KeysealRouter } from '../router.ts';
import { withJitter } from './backoff.ts';
import { KeysealHttpError } from './http-error.ts';
import { KeysealRefusal } from './refusal.ts';

/** When the client sends a call again automatically. */
export interface RetryOptions {
  /** How often a call is sent at most, the first time included: 2 to 10. */
  readonly attempts: number;
  /** Milliseconds that the client waits at most before it sends a call again; 30,000 without it. */
  readonly maxDelay?: number;
}

const MAX_ATTEMPTS = 10;
const MAX_DELAY_MS = 30_000;
/** The first pause if the response names none, in milliseconds; each further one is twice as long. */
const FIRST_DELAY_MS = 250;

/**
 * Temporary refusals of a signed request whose nonce is recorded: a copy of it would have been refused as replayed. So no other
 * copy was accepted either, if something between client and service sent the request twice.
 */
const LIMITS: readonly Reason[] = ['RATE_LIMITED', 'CREDITS_EXHAUSTED'];
/** Temporary refusals. */
const TEMPORARY: readonly Reason[] = [...LIMITS, 'TOO_MANY_FAILURES', 'UNAVAILABLE'];
/** Temporary statuses of proxies; Cloudflare has its own statuses for an origin that does not respond. */
const TEMPORARY_STATUSES = [408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530];

/** @throws TypeError if an option is malformed */
export function checkRetry({ attempts, maxDelay = MAX_DELAY_MS }: RetryOptions): void {
  if (!Number.isInteger(attempts) || attempts < 2 || attempts > MAX_ATTEMPTS) {
    throw new TypeError(`retry.attempts is not a whole number from 2 to ${MAX_ATTEMPTS}`);
  }
  if (typeof maxDelay !== 'number' || !(maxDelay >= 0 && maxDelay < 2 ** 31)) {
    throw new TypeError('retry.maxDelay is not a number of milliseconds below 2147483648');
  }
}

/**
 * Signs and sends a call again after a temporary failure. It waits as long as the response says. A
 * mutation without an idempotency key is sent again only if no copy of it had any effect.
 */
export function retryLink({ attempts, maxDelay = MAX_DELAY_MS }: RetryOptions): TRPCLink<KeysealRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let call: Unsubscribable | undefined;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const send = (nth: number) => {
          const error = (failure: Failure) => {
            const requested = nth < attempts ? requestedDelay(failure, op) : null;
            if (requested === null || requested > maxDelay) return observer.error(failure);
            timer = setTimeout(send, Math.max(requested, Math.min(delayAfter(nth), maxDelay)), nth + 1);
          };
          call = next(op).subscribe({ ...observer, error });
        };
        send(1);
        return () => {
          clearTimeout(timer);
          call?.unsubscribe();
        };
      });
}

type Failure = TRPCClientError<KeysealRouter>;

const delayAfter = (nth: number): number => withJitter(FIRST_DELAY_MS * 2 ** (nth - 1));

/** Milliseconds that a response asks the client to wait, zero if it does not; null if the call may not be sent again. */
function requestedDelay(failure: Failure, op: Operation): number | null {
  if (op.type === 'subscription') return null;
  if (failure instanceof KeysealRefusal) return delayOfRefusal(failure, op);
  if (!mayBeRepeated(op)) return null;
  if (failure instanceof ResponseUnverified) return TEMPORARY_STATUSES.includes(failure.status) ? 0 : null;
  // Whether it was sent, and whether it arrived, is not known.
  if (!(failure instanceof KeysealHttpError)) return 0;
  return TEMPORARY_STATUSES.includes(failure.status) ? (failure.retryAfter ?? 0) * 1000 : null;
}

function delayOfRefusal({ reason, details }: KeysealRefusal, op: Operation): number | null {
  const { retryAfter } = details;
  if (!TEMPORARY.includes(reason)) return null;
  if (reason === 'CREDITS_EXHAUSTED' && retryAfter === undefined) return null;
  if (!LIMITS.includes(reason) && !mayBeRepeated(op)) return null;
  return (retryAfter ?? 0) * 1000;
}

/** A query, or a mutation that the service carries out once however often it arrives. */
const mayBeRepeated = ({ type, input }: Operation): boolean =>
  type === 'query' || typeof Object(input).idempotencyKey === 'string';
