import { addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import type { FailedAttempts } from '../stores/limits/failed-attempts.ts';
import type { Stores } from '../stores/stores.ts';

/** What somebody who guesses is told. Whoever has the right secret and MAC is never counted here. */
const GUESSES: ReadonlySet<Reason> = new Set(['KEY_INVALID', 'SIGNATURE_INVALID', 'CREDENTIALS_INVALID']);
/** Failures of a network, for each that an address may have: its other addresses are not heard less for one of them. */
const ADDRESSES_OF_NETWORK = 8;

/** Where failures are counted. */
export interface ThrottledSource {
  /** The workspace whose service reports them; null for requests that came here. */
  readonly reportedBy: string | null;
  readonly address: string;
  /** Null if the address is not known. */
  readonly network: string | null;
}

/** Somebody who has proven nothing: whom work is charged to, and where their failures are counted. */
export interface Stranger {
  readonly asker: FairnessKey;
  readonly suspect: ThrottledSource;
}

/** A caller from an address, before anything is proven. */
export function anonymousCaller(address: string): Stranger {
  const asker = addressKey(address);
  const [network, group] = asker;
  return {
    asker,
    suspect: { reportedBy: null, address: `address ${group}`, network: `network ${network}` },
  };
}

/**
 * Counts a guess that failed under a name, such as its address. Above `most` a minute, the refusal becomes
 * TOO_MANY_FAILURES; a request that is right is not refused by it, since only failures come here.
 */
export function countFailedAttempt(
  error: unknown,
  name: string,
  most: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error) || failures.note(name) <= most) return error;
  return tooMany(failures, error.reason);
}

/** The same for an address and its network. */
export function throttleKey(
  error: unknown,
  suspect: ThrottledSource,
  most: number,
  { failedAttempts: failures }: Stores,
): unknown {
  if (!isGuess(error)) return error;
  const { address, network, reportedBy } = suspect;
  if (network !== null) failures.note(network, reportedBy);
  failures.note(address, reportedBy);
  return isThrottled(suspect, most, failures) ? tooMany(failures, error.reason) : error;
}

/**
 * Refuses what would cost a look-up and is most likely one more guess.
 * @throws Refusal TOO_MANY_FAILURES
 */
export function refuseThrottled(
  suspect: ThrottledSource,
  most: number,
  { failedAttempts: failures }: Stores,
): void {
  if (isThrottled(suspect, most - 1, failures)) throw tooMany(failures, 'too many failures before');
}

/** Whether there were more failures than an address may have. */
function isThrottled(
  { address, network, reportedBy }: ThrottledSource,
  most: number,
  failures: FailedAttempts,
): boolean {
  if (failures.count(address, reportedBy) > most) return true;
  return network !== null && failures.count(network, reportedBy) > most * ADDRESSES_OF_NETWORK;
}

const isGuess = (error: unknown): error is Refusal => error instanceof Refusal && GUESSES.has(error.reason);

const tooMany = (failures: FailedAttempts, cause: unknown) =>
  new Refusal('TOO_MANY_FAILURES', { retryAfter: failures.retryAfter() }, cause);
