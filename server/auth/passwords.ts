import { hash, randomBytes } from 'node:crypto';
import { inputRefusal } from '../lib/refusal.ts';
import { runPasswordTask } from './password-threads.ts';

/** Argon2id with OWASP's first recommendation: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes a password. It costs about 30 ms of a core: call it in a turn of `password-queue.ts`.
 * @returns the Argon2id hash as a PHC string
 */
export const hashPassword = (password: string): Promise<string> =>
  runPasswordTask('hash', { password, cost: COST });

/** The beginning of a hash that no password has: the salt says so, and the rest is random. */
const NO_PASSWORD = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$bm8gcGFzc3dvcmQgaXMgc2V0$`;

/** The hash of an account without a password. Comparing a password with it takes as long as with any other. */
export const noPasswordHash = (): string => NO_PASSWORD + randomBytes(32).toString('base64').replace('=', '');

/** Whether an account has a password. */
export const hasPassword = (phc: string): boolean => !phc.startsWith(NO_PASSWORD);

/** A digest of a password's hash, by which another step of a sign-in notices that the password was replaced. */
export const passwordDigest = (phc: string): string => hash('sha256', phc, 'base64url');

/** Whether a password matches a hash; false without a hash, after the same time. */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  const matches = await runPasswordTask('verify', { password, phc: phc ?? noPasswordHash() });
  return matches && phc !== null;
}

/**
 * Refuses a new password that attackers would try first.
 * @param path the password's path in the input
 * @param names the account's e-mail address, the person's name, the service's brand
 * @throws Refusal INPUT_INVALID
 */
export async function refuseCommon(password: string, path: string, names: readonly string[]): Promise<void> {
  if (!(await runPasswordTask('isCommon', { password, names }))) return;
  const message = 'must not be a common password, nor the name or the e-mail address of the account';
  throw inputRefusal(path, message);
}
