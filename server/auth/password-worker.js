// @ts-check
// Runs in a separate thread. JavaScript, so that Node loads the same file from the sources and from `dist`: a thread has
// none of the loaders that tsx and vitest give the main one.
import { hashSync, verifySync } from '@node-rs/argon2';

/** @import { PasswordTasks } from './password-threads.ts' */

/** @type {PasswordTasks['hash']} */
export const hash = ({ password, cost }) => hashSync(password, cost);

/** @type {PasswordTasks['verify']} */
export const verify = ({ password, phc }) => verifySync(phc, password);

/** @type {PasswordTasks['isCommon']} */
export async function isCommon({ password, names }) {
  // The list is large: a thread that only verifies passwords does not load it.
  const { isCommonPassword } = await import('./common-passwords.js');
  return isCommonPassword(password, names);
}
