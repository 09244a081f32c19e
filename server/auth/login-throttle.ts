import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { FairQueue, QueueFullError } from '../lib/concurrency/fair-queue.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Service } from '../rpc/trpc.ts';

/**
 * How long the next attempt on an account waits for the one before it, by the wrong passwords since the last right one. The
 * first ten (`KEYSEAL_ACCOUNT_FAILURES`) do not wait at all.
 */
const DELAYS: readonly { readonly below: number; readonly ms: number }[] = [
  { below: 100, ms: 250 },
  { below: Number.POSITIVE_INFINITY, ms: 5_000 },
];
/** Attempts on one account that wait. */
const CAPACITY = 32;
/** Seconds until it is worth while to try again. */
const RETRY_AFTER = 5;
/**
 * How long the answer to an attempt is held that found the queue full. Answered at once, a guesser asks again at once, and
 * nobody else at the same address keeps a place in the queue for long enough to be heard.
 */
const HOLD_MS = 8_000;
/** Such answers, on all accounts together: one address holds a quarter of them at most. Beyond that they are given at once. */
const held = new FairBudget(2_048);

/** Attempts on accounts that are being guessed: one at a time, addresses in turn. By the digest of the account. */
const queues = new LRUCache<string, FairQueue>({ max: 10_000, ttl: 3_600_000 });

/** Somebody who shows a password for an account. */
export interface Attempt {
  readonly email: string;
  readonly address: string;
  /** The browser, if somebody has signed in to the account from it before. */
  readonly device: string | null;
}

/** The result of an attempt; null if the account is being guessed, and the attempt has to wait for its turn. */
type ThrottledResult<T> = { readonly value: T } | null;

/**
 * Carries out an attempt. Wrong guesses slow down further attempts on the account from devices that are not known. The
 * count is shared by all instances, the queue is each instance's own. A right password is heard in its turn, and at once
 * from a device that is known.
 * @param inTurn runs what costs a query and a hash when the machine can afford it
 * @param attempt rejects with CREDENTIALS_INVALID if the password is wrong
 * @throws Refusal TOO_MANY_FAILURES in place of CREDENTIALS_INVALID once there were too many, or if too many wait
 */
export async function throttleLogin<T>(
  service: Service,
  { email, address, device }: Attempt,
  inTurn: (work: () => Promise<ThrottledResult<T>>) => Promise<ThrottledResult<T>>,
  attempt: () => Promise<T>,
): Promise<T> {
  const subject = digestOf(device === null ? `account ${email}` : `device ${device} ${email}`);
  const most = service.config.failures.account;
  // An account that is known to be guessed costs nothing before its turn.
  const isGuessed = queues.has(subject);
  const first = isGuessed ? null : await inTurn(() => attemptBelow(service, subject, most, attempt));
  const outcome =
    first ??
    (await queued(subject, address, service, () =>
      inTurn(() => attemptBelow(service, subject, Number.POSITIVE_INFINITY, attempt)),
    ));
  if (!outcome) throw tooMany();
  return outcome.value;
}

/** Carries out an attempt, unless there were `most` failures already. */
async function attemptBelow<T>(
  { stores: { loginFailures }, config }: Service,
  subject: string,
  most: number,
  attempt: () => Promise<T>,
): Promise<ThrottledResult<T>> {
  const failures = await loginFailures.count(subject);
  if (failures >= most) return null;
  try {
    const value = await attempt();
    if (failures > 0) await loginFailures.forget(subject);
    return { value };
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'CREDENTIALS_INVALID') throw error;
    throw (await loginFailures.note(subject)) > config.failures.account ? tooMany() : error;
  }
}

/** Runs an attempt in its turn. The next one waits longer the more were wrong, and not at all after one that was right. */
function queued<T>(
  subject: string,
  address: string,
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
        // The queue serves an address that was wrong after the others.
        throw error;
      }
    };
    queue.run(addressKey(address), turn).catch(async (error) => {
      if (!(error instanceof QueueFullError)) return reject(error);
      await hold(addressKey(address));
      reject(tooMany());
    });
  });
}

async function hold(asker: FairnessKey): Promise<void> {
  if (!held.take(asker, 1)) return;
  await sleep(HOLD_MS, undefined, { ref: false });
  held.giveBack(asker, 1);
}

const tooMany = () => new Refusal('TOO_MANY_FAILURES', { retryAfter: RETRY_AFTER });
const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');
