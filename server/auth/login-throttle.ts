import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { HOUR_MS } from '../../shared/durations.ts';
import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressPath, type FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { FairQueue, QueueFullError } from '../lib/concurrency/fair-queue.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Service } from '../rpc/trpc.ts';

/**
 * How long an attempt on an account waits after the one before it, depending on the number of wrong passwords since the last
 * correct one. The first ten (`KEYSEAL_ACCOUNT_FAILURES`) do not wait at all.
 */
const DELAYS: readonly { readonly below: number; readonly ms: number }[] = [
  { below: 100, ms: 250 },
  { below: Number.POSITIVE_INFINITY, ms: 5_000 },
];
/** The maximum number of waiting attempts on one account. */
const CAPACITY = 32;
/** Seconds until a retry can succeed. */
const RETRY_AFTER = 5;
/**
 * How long the refusal of an attempt that found the queue full is delayed. If refused at once, a guesser would retry at once,
 * and no other caller at the same IP address would keep a place in the queue long enough to be served.
 */
const REFUSAL_DELAY_MS = 8_000;
/** The maximum number of delayed refusals; one IP address gets a quarter of them at most. Beyond that they are sent at once. */
const delayedRefusals = new FairBudget(2_048);

/** Attempts on accounts under attack, by the digest of the account: one at a time, IP addresses in turn. */
const queues = new LRUCache<string, FairQueue>({ max: 10_000, ttl: HOUR_MS });

/** An attempt on an account. */
interface Attempt<T> {
  readonly email: string;
  readonly address: string | null;
  /** The id of a browser that has signed in to the account before, or of a session of it; null for any other browser. */
  readonly knownClient: string | null;
  /** Checks what the caller presents. Rejects with CREDENTIALS_INVALID if the password is wrong. */
  readonly check: () => Promise<T>;
  /** Whether nothing is left to prove after a correct password, so that earlier failures are forgotten; always if absent. */
  readonly isFinal?: (value: T) => boolean;
}

/** The result of an attempt; null if the account is under attack, and the attempt must wait for its turn. */
type ThrottledResult<T> = { readonly value: T } | null;

/**
 * Carries out an attempt. Wrong guesses slow down further attempts on the account from unknown browsers. All instances share
 * the count; each has its own queue. A correct password waits for its turn in the queue, and is checked at once from a known
 * browser.
 * @param inTurn runs work that costs a query and a hash when the machine has capacity
 * @throws Refusal TOO_MANY_FAILURES instead of CREDENTIALS_INVALID after too many failures, or if too many attempts wait
 */
export async function throttleLogin<T>(
  service: Service,
  attempt: Attempt<T>,
  inTurn: (work: () => Promise<ThrottledResult<T>>) => Promise<ThrottledResult<T>>,
): Promise<T> {
  const { email, address, knownClient } = attempt;
  const subject = subjectDigest(knownClient === null ? `account ${email}` : `device ${knownClient} ${email}`);
  const max = service.config.failures.account;
  // An attempt on an account under attack costs nothing before its turn.
  const isGuessed = queues.has(subject);
  const first = isGuessed ? null : await inTurn(() => attemptBelow(service, subject, max, attempt));
  const outcome =
    first ??
    (await runQueued(subject, address, service, () =>
      inTurn(() => attemptBelow(service, subject, Number.POSITIVE_INFINITY, attempt)),
    ));
  if (!outcome) throw tooMany();
  return outcome.value;
}

/** Carries out an attempt, unless there have been `max` failures. */
async function attemptBelow<T>(
  { stores: { loginFailures }, config }: Service,
  subject: string,
  max: number,
  { check, isFinal = () => true }: Attempt<T>,
): Promise<ThrottledResult<T>> {
  const failures = await loginFailures.count(subject);
  if (failures >= max) return null;
  try {
    const value = await check();
    if (failures > 0 && isFinal(value)) await loginFailures.reset(subject);
    return { value };
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'CREDENTIALS_INVALID') throw error;
    throw (await loginFailures.add(subject)) > config.failures.account ? tooMany() : error;
  }
}

/**
 * Runs an attempt once its turn comes. The more attempts were wrong, the longer the next one waits; after a correct one it does
 * not wait at all.
 */
function runQueued<T>(
  subject: string,
  address: string | null,
  { stores: { loginFailures } }: Service,
  attempt: () => Promise<T>,
): Promise<T> {
  const queue = queues.get(subject) ?? new FairQueue({ concurrency: 1, capacity: CAPACITY });
  queues.set(subject, queue);
  return new Promise<T>((resolve, reject) => {
    const turn = async () => {
      try {
        resolve(await attempt());
      } catch (error) {
        reject(error);
        const failures = await loginFailures.count(subject);
        await sleep(DELAYS.find(({ below }) => failures < below)?.ms, undefined, { ref: false });
        // The queue serves an IP address whose attempt was wrong after the others.
        throw error;
      }
    };
    queue.run(addressPath(address), turn).catch(async (error) => {
      if (!(error instanceof QueueFullError)) return reject(error);
      await delayRefusal(addressPath(address));
      reject(tooMany());
    });
  });
}

async function delayRefusal(payer: FairnessPath): Promise<void> {
  if (!delayedRefusals.take(payer, 1)) return;
  await sleep(REFUSAL_DELAY_MS, undefined, { ref: false });
  delayedRefusals.release(payer, 1);
}

const tooMany = () => new Refusal('TOO_MANY_FAILURES', { retryAfter: RETRY_AFTER });
const subjectDigest = (text: string) => createHash('sha256').update(text).digest('base64url');
