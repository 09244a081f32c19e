// @ts-check
import { dictionary } from '@zxcvbn-ts/language-common';

/** The list begins with the most common ones: this many are also searched for inside a password. */
const WORDS = 10_000;
/** A short text that is repeated, such as `abcabcabcabc`. */
const REPEATED = /^(.{1,6})\1+$/s;
const REPEATED_WORD = /^(.{3,}?)\1+$/s;
/** Rows of a keyboard, and digit rows longer than the minimum password length. */
const ROWS = ['012345678901234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

const COMMON = Object.values(dictionary['passwords-common'] ?? []).map(String);
const PASSWORDS = new Set(COMMON);
const COMMON_WORDS = new Set(COMMON.slice(0, WORDS));

/**
 * Whether attackers try a password first: a common one, a common word with digits and signs around it, a row of the
 * keyboard, a short text that is repeated, or a name of the account (NIST SP 800-63B §5.1.1.2).
 * @param {string} password
 * @param {readonly string[]} names the account's e-mail address, the person's name, the service's brand
 * @returns {boolean}
 */
export function isCommonPassword(password, names) {
  // In the form that unifies look-alikes (Unicode NFKC), and again with only its letters and digits.
  const text = password.normalize('NFKC').toLowerCase();
  const forms = [text, text.replace(/[^\p{L}\p{N}]/gu, '')];
  const own = ownWords(names);
  return forms.some((form) => isCommon(form, own));
}

/**
 * @param {string} text
 * @param {ReadonlySet<string>} own
 */
function isCommon(text, own) {
  if (PASSWORDS.has(text) || REPEATED.test(text)) return true;
  if (ROWS.some((row) => row.includes(text) || [...row].reverse().join('').includes(text))) return true;
  const word = text.replace(/^\P{L}+/u, '').replace(/\P{L}+$/u, '');
  const once = REPEATED_WORD.exec(word)?.[1] ?? word;
  return [text, word, once].some((part) => own.has(part)) || COMMON_WORDS.has(word) || COMMON_WORDS.has(once);
}

/**
 * Names in lowercase, and of an e-mail address its local part too.
 * @param {readonly string[]} names
 */
function ownWords(names) {
  const lower = ['keyseal', ...names].map((name) => name.toLowerCase());
  return new Set(lower.flatMap((name) => [name, name.split('@')[0] ?? name]));
}
