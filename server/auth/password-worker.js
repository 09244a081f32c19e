// @ts-check
// Runs in a separate thread. JavaScript, so that Node loads the same file from the sources and from `dist`: a thread has
// none of the loaders that tsx and vitest give the main one.
import { hashSync, verifySync } from '@node-rs/argon2';

/** @import { PasswordTasks } from './password-threads.ts' */

/** argon2id at OWASP's first choice: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** @type {PasswordTasks['hash']} */
export const hash = (password) => hashSync(password, COST);

/** @type {PasswordTasks['verify']} */
export const verify = ({ password, phc }) => verifySync(phc, password);

/** @type {PasswordTasks['isCommon']} */
export async function isCommon({ password, names }) {
  // The list is large: a thread that only verifies passwords does not load it.
  const { isCommonPassword } = await import('./common-passwords.js');
  return isCommonPassword(password, names);
}
