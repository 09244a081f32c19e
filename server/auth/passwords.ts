import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../refusal.ts';
import type { Fill } from '../stores/fill.ts';

/** argon2id at OWASP's first choice: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** As many at once as there are threads to spare, and so many waiting; the rest are told to come back. */
const AT_ONCE = 2;
const WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/** Those who wait for their turn, in this process. */
export const passwordQueue = (): Fill => ({ held: waiting.length, most: WAITING });

/** @returns argon2id in PHC form. Refuses with UNAVAILABLE where too many wait already. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/** What a password is compared with where there is no account: the answer takes as long. */
let nobody: Promise<string> | undefined;

/**
 * Whether a password is the one of a hash; never, in the same time, where there is no hash.
 * Refuses with UNAVAILABLE where too many wait already.
 */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  nobody ??= hash('nobody has this password', COST);
  const against = phc ?? (await nobody);
  const right = await inTurn(() => verify(against, password));
  return right && phc !== null;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING)
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'password hashing is busy');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    // The place is handed on as it is, so that nobody slips in between.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
