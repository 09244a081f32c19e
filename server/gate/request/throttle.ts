import { addressKey, type FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import type { Reason } from '../../../shared/refusals.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { Refusal, sharedCause } from '../../lib/refusal.ts';
import type { FailedAttempts } from '../../stores/limits/failed-attempts.ts';
import type { Stores } from '../../stores/stores.ts';

/** The refusals of a guess. A caller with the right secret and a right MAC is never counted here. */
const GUESSES: ReadonlySet<Reason> = new Set([
  'KEY_INVALID',
  'SIGNATURE_INVALID',
  'CREDENTIALS_INVALID',
  'SIGN_IN_INVALID',
  'EXCHANGE_DENIED',
]);
/**
 * Failures that a network may have for each that one address may have: one bad address does not throttle its
 * neighbours.
 */
const ADDRESSES_OF_NETWORK = 8;

/** Where failed attempts are counted. */
export interface FailureSource {
  /** The workspace whose service reports them; null for requests to this API. */
  readonly reportedBy: string | null;
  readonly address: string;
  /** Null if the address is unknown. */
  readonly network: string | null;
}

/** An unauthenticated client: the fairness key that pays for its work, and where its failures are counted. */
export interface UnauthenticatedCaller {
  readonly payer: FairnessKey;
  readonly failureSource: FailureSource;
}

/** A client at an address, before authentication. All clients whose address is unknown count as one. */
export function anonymousCaller(address: string | null): UnauthenticatedCaller {
  const payer = addressKey(address);
  const [network, group] = payer;
  return {
    payer,
    failureSource: { reportedBy: null, address: `address ${group}`, network: `network ${network}` },
  };
}

/**
 * Counts a failed guess under a name, such as its address. Above `max` a minute the refusal becomes
 * TOO_MANY_FAILURES. It never refuses a valid request, since only failures come here.
 */
export function countFailedAttempt(
  error: unknown,
  name: string,
  max: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error) || failures.add(name) <= max) return error;
  return tooMany(failures, error.reason);
}

/** The same for an address and its network. */
export function countFailureOfSource(
  error: unknown,
  failureSource: FailureSource,
  max: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error)) return error;
  const { address, network, reportedBy } = failureSource;
  if (network !== null) failures.add(network, reportedBy);
  failures.add(address, reportedBy);
  return isThrottled(failureSource, max, failures) ? tooMany(failures, error.reason) : error;
}

/**
 * Refuses a look-up that is most likely one more guess.
 * @throws Refusal TOO_MANY_FAILURES
 */
export function refuseThrottled(
  failureSource: FailureSource,
  max: number,
  { failedAttempts: failures }: Stores,
): void {
  if (isThrottled(failureSource, max - 1, failures)) throw tooMany(failures, FAILED_BEFORE);
}

/**
 * Turns of sources that fail too often: so few that guesses cost next to nothing. Networks and addresses alternate, so that a
 * valid proof among the guesses gets a turn. An attempt gives up its place as it begins, since it may wait for something else.
 */
const turns = new FairQueue({ concurrency: 1, capacity: 64, rate: { perSecond: 10, burst: 10 } });

/**
 * Makes an attempt that proves who its caller is, and counts its failure. An attempt of a source that fails too often waits for
 * its turn before it costs anything.
 * @throws Refusal TOO_MANY_FAILURES in place of a failure of such a source, or if too many of its attempts wait; as the attempt
 */
export async function throttleBySource<T>(
  { failureSource, payer }: UnauthenticatedCaller,
  max: number,
  stores: Stores,
  attempt: () => Promise<T>,
): Promise<T> {
  const { failedAttempts } = stores;
  if (isThrottled(failureSource, max - 1, failedAttempts))
    await turns
      .run(payer, async () => {})
      .catch((error: unknown) => {
        throw tooMany(failedAttempts, error);
      });
  try {
    return await attempt();
  } catch (error) {
    throw countFailureOfSource(error, failureSource, max, stores);
  }
}

/** Whether an address or its network had more failures than allowed. */
function isThrottled(
  { address, network, reportedBy }: FailureSource,
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
