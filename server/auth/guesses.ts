import { LRUCache } from 'lru-cache';
import { addressGroup } from '../../shared/fairness/fairness-key.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../trpc.ts';

/** Once an account is under attack, an address is heard about it once in this time, in its turn. */
const PACE_MS = 1_000;
/** So many wait for their turn; the rest are told to wait themselves. */
const WAITING = 8;

interface Queue {
  waiting: number;
  last: Promise<unknown>;
}

/** One queue for each account and address that is being slowed down. */
const queues = new LRUCache<string, Queue>({ max: 10_000 });

/**
 * Runs a sign-in. From `KEYSEAL_ACCOUNT_FAILURES` failures a minute on an account, each address is heard
 * about it only once a second, and wrong answers become TOO_MANY_FAILURES. The right password is still heard:
 * guesses from elsewhere slow nobody but themselves, and the owner is never locked out.
 */
export async function paced<T>(
  { stores, config }: Service,
  email: string,
  address: string,
  attempt: () => Promise<T>,
): Promise<T> {
  const account = `account ${email}`;
  const slow = stores.failures.count(account) >= config.failures.account;
  try {
    return await (slow ? inQueue(`${email} ${addressGroup(address)}`, attempt) : attempt());
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'CREDENTIALS_INVALID') throw error;
    const many = stores.failures.note(account) > config.failures.account;
    throw many ? new Refusal('TOO_MANY_FAILURES', { retryAfter: stores.failures.retryAfter() }) : error;
  }
}

async function inQueue<T>(name: string, attempt: () => Promise<T>): Promise<T> {
  const queue = queues.get(name) ?? { waiting: 0, last: Promise.resolve() };
  queues.set(name, queue);
  if (queue.waiting >= WAITING) throw new Refusal('TOO_MANY_FAILURES', { retryAfter: WAITING });
  queue.waiting++;
  const turn = queue.last;
  queue.last = turn.then(() => new Promise((resolve) => setTimeout(resolve, PACE_MS).unref()));
  try {
    await turn;
    return await attempt();
  } finally {
    queue.waiting--;
  }
}
