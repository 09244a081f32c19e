import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id at OWASP's first choice: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes a password. It costs about 30 ms of a core: call it in a turn of `password-work.ts`.
 * @returns argon2id in PHC form
 */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/** The beginning of a hash that no password has: the salt says so, and the rest is random. */
const NO_PASSWORD = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$bm8gcGFzc3dvcmQgaXMgc2V0$`;

/** The hash of an account without a password. To compare a password with it takes as long as with any other. */
export const noPasswordHash = (): string => NO_PASSWORD + randomBytes(32).toString('base64').replace('=', '');

/** Whether an account has a password. */
export const hasPassword = (phc: string): boolean => !phc.startsWith(NO_PASSWORD);

/** The hash to compare with if there is no account: the answer takes as long. */
let dummyHash: Promise<string> | undefined;

/** Whether a password matches a hash; without a hash false, after the same time. */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  dummyHash ??= hash('not the password of any account', COST);
  const right = await verify(phc ?? (await dummyHash), password);
  return right && phc !== null;
}
