import { Refusal } from '../lib/refusal.ts';

/** The list begins with the most common ones: this many are also searched for inside a password. */
const WORDS = 10_000;
/** A short text that is repeated, such as `abcabcabcabc`. */
const REPEATED = /^(.{1,6})\1+$/s;
const REPEATED_WORD = /^(.{3,}?)\1+$/s;
/** Rows of a keyboard, and digit rows longer than the minimum password length. */
const ROWS = ['012345678901234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

interface Common {
  readonly passwords: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

let common: Promise<Common> | undefined;

/** Loaded when a password is first chosen. */
async function load(): Promise<Common> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const passwords = Object.values(dictionary['passwords-common'] ?? []).map(String);
  return { passwords: new Set(passwords), words: new Set(passwords.slice(0, WORDS)) };
}

/**
 * Refuses a new password that attackers try first: a common one, a common word with digits and signs around it, a row of the
 * keyboard, a short text that is repeated, or a name of the account (NIST SP 800-63B §5.1.1.2).
 * @param path its place in the input
 * @param names the account's e-mail address, the person's name, the service's brand
 * @throws Refusal INPUT_INVALID
 */
export async function refuseCommon(password: string, path: string, names: readonly string[]): Promise<void> {
  common ??= load();
  // In the form that unifies look-alikes (Unicode NFKC), and again with only its letters and digits.
  const text = password.normalize('NFKC').toLowerCase();
  const forms = [text, text.replace(/[^\p{L}\p{N}]/gu, '')];
  const [lists, own] = [await common, ownWords(names)];
  if (!forms.some((form) => isCommon(form, lists, own))) return;
  const message = 'must not be a common password, nor the name or the e-mail address of the account';
  throw new Refusal('INPUT_INVALID', { issues: [{ path, message }] });
}

function isCommon(text: string, { passwords, words }: Common, own: ReadonlySet<string>): boolean {
  if (passwords.has(text) || REPEATED.test(text)) return true;
  if (ROWS.some((row) => row.includes(text) || [...row].reverse().join('').includes(text))) return true;
  const word = text.replace(/^\P{L}+/u, '').replace(/\P{L}+$/u, '');
  const once = REPEATED_WORD.exec(word)?.[1] ?? word;
  return [text, word, once].some((part) => own.has(part)) || words.has(word) || words.has(once);
}

/** Names in lowercase, and of an e-mail address its local part too. */
function ownWords(names: readonly string[]): ReadonlySet<string> {
  const lower = ['keyseal', ...names].map((name) => name.toLowerCase());
  return new Set(lower.flatMap((name) => [name, name.split('@')[0] ?? name]));
}
