import { hash, verify } from '@node-rs/argon2';

/** argon2id at OWASP's first choice: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes a password. It costs about 30 ms of a core: call it in a turn of `password-work.ts`.
 * @returns argon2id in PHC form
 */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/** The hash to compare with if there is no account: the answer takes as long. */
let dummyHash: Promise<string> | undefined;

/** Whether a password matches a hash; without a hash false, after the same time. */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  dummyHash ??= hash('not the password of any account', COST);
  const right = await verify(phc ?? (await dummyHash), password);
  return right && phc !== null;
}
