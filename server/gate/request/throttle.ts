import { addressPath, type FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Reason } from '../../../shared/refusals.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { Refusal, sharedCause } from '../../lib/refusal.ts';
import type { FailedAttempts } from '../../stores/limits/failed-attempts.ts';
import type { Stores } from '../../stores/stores.ts';

/** The refusals of a guess. A caller with a valid secret and a valid MAC is never counted here. */
const GUESSES: ReadonlySet<Reason> = new Set([
  'KEY_INVALID',
  'SIGNATURE_INVALID',
  'CREDENTIALS_INVALID',
  'SIGN_IN_INVALID',
  'EXCHANGE_DENIED',
]);
/**
 * How many failures a network may have for each one that a single IP address may have: one bad IP address does not throttle its
 * neighbours.
 */
const ADDRESSES_OF_NETWORK = 8;

/** The counters of a client's failed attempts. */
export interface FailureCounterKey {
  /** The workspace whose service reports them; null for requests to this API. */
  readonly reportedBy: string | null;
  readonly address: string;
  /** Null if the IP address is unknown. */
  readonly network: string | null;
}

/** An unauthenticated client: the fairness path that pays for its work, and where its failures are counted. */
export interface UnauthenticatedCaller {
  readonly payer: FairnessPath;
  readonly failureCounterKey: FailureCounterKey;
}

/** A client at an IP address, before authentication. All clients whose IP address is unknown count as one. */
export function unauthenticatedCaller(address: string | null): UnauthenticatedCaller {
  const payer = addressPath(address);
  const [network, group] = payer;
  return {
    payer,
    failureCounterKey: { reportedBy: null, address: `address ${group}`, network: `network ${network}` },
  };
}

/**
 * Counts a failed guess under a name, such as its IP address. It never refuses a valid request, since only failures are
 * counted.
 * @param max guesses a minute
 * @returns the error to throw: the given one, or TOO_MANY_FAILURES above `max`
 */
export function afterFailedAttempt(
  error: unknown,
  name: string,
  max: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error) || failures.add(name) <= max) return error;
  return tooMany(failures, error.reason);
}

/** Counts a failed guess under the client's IP address and its network. */
export function afterFailedAttemptOfClient(
  error: unknown,
  failureCounterKey: FailureCounterKey,
  max: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error)) return error;
  const { address, network, reportedBy } = failureCounterKey;
  if (network !== null) failures.add(network, reportedBy);
  failures.add(address, reportedBy);
  return isThrottled(failureCounterKey, max, failures) ? tooMany(failures, error.reason) : error;
}

/**
 * Refuses a lookup that is most likely one more guess.
 * @throws Refusal TOO_MANY_FAILURES
 */
export function refuseThrottled(
  failureCounterKey: FailureCounterKey,
  max: number,
  { failedAttempts: failures }: Stores,
): void {
  if (isThrottled(failureCounterKey, max - 1, failures)) throw tooMany(failures, FAILED_BEFORE);
}

/**
 * The queue for clients over the failure limit. It admits 10 attempts a second, so guessing costs the service almost nothing.
 * Networks and IP addresses take turns, so that a valid proof among the guesses gets through. A slot is freed when the attempt
 * begins, not when it ends: the attempt may wait for something else.
 */
const throttledAttempts = new FairQueue({ concurrency: 1, capacity: 64, rate: { perSecond: 10, burst: 10 } });

/**
 * Runs an attempt by a caller to prove who they are, and counts its failure. If the client fails too often, the attempt waits
 * for its turn before it costs anything.
 * @throws Refusal TOO_MANY_FAILURES in place of a failure of such a client, or if too many of its attempts wait; as the attempt
 */
export async function throttleByClient<T>(
  { failureCounterKey, payer }: UnauthenticatedCaller,
  max: number,
  stores: Stores,
  attempt: () => Promise<T>,
): Promise<T> {
  const { failedAttempts } = stores;
  if (isThrottled(failureCounterKey, max - 1, failedAttempts))
    await throttledAttempts
      .run(payer, async () => {})
      .catch((error: unknown) => {
        throw tooMany(failedAttempts, error);
      });
  try {
    return await attempt();
  } catch (error) {
    throw afterFailedAttemptOfClient(error, failureCounterKey, max, stores);
  }
}

/** Whether an IP address or its network has had more failures than allowed. */
function isThrottled(
  { address, network, reportedBy }: FailureCounterKey,
  max: number,
  failures: FailedAttempts,
): boolean {
  if (failures.count(address, reportedBy) > max) return true;
  return network !== null && failures.count(network, reportedBy) > max * ADDRESSES_OF_NETWORK;
}

const FAILED_BEFORE = sharedCause('too many failures before');

const isGuess = (error: unknown): error is Refusal => error instanceof Refusal && GUESSES.has(error.reason);

const tooMany = (failures: FailedAttempts, cause: unknown) =>
  new Refusal('TOO_MANY_FAILURES', { retryAfter: failures.retryAfter() }, cause);
