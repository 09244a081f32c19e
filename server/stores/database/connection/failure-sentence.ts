import { splitDatabaseUrl } from '../../../lib/database-url.ts';
import { causesOf } from '../connection-errors.ts';
import { variableOf } from './client-parameters.ts';
import { FAILURES, type Failure, NO_PASSWORD, type StartStep, UNPREPARED_PASSWORD } from './failure-table.ts';

/** For a code that the table does not have. */
const UNKNOWN: Failure = {
  wrong: 'cannot be used',
  fix: 'Check the log of Postgres, and correct DATABASE_URL if it is wrong.',
};
/** Node has a code for each failure of OpenSSL. */
const OPENSSL = /^ERR_(SSL|OSSL)_/;
/**
 * The function of Postgres that refuses a statement from which row-level security would hide rows. Its SQLSTATE is that of a grant
 * that is missing, and its message is in the language of the server.
 */
export const ROW_SECURITY_ROUTINE = 'check_enable_rls';
/** A shorter password is not searched for: it would match parts of ordinary words. */
const MIN_PASSWORD = 4;

/**
 * Says on one line why the database cannot be used and what to do. Contains neither the URL's password nor a statement
 * with its parameters.
 * @param subject the name of the database at the beginning of the sentence
 */
export function failureSentence(
  subject: string,
  error: unknown,
  step: StartStep,
  url: string | null,
): string {
  const { code, message, routine } = causeOf(error);
  const key = code === '42501' && routine === ROW_SECURITY_ROUTINE ? 'ROW_SECURITY' : code;
  const { wrong, fix } = passwordFailure(code, url) ?? knownFailure(key, step) ?? UNKNOWN;
  return `${subject} ${wrong}${reasonOf(code, withoutPassword(message, url))}. ${fix}`;
}

/** What is wrong with the password itself; undefined if nothing is. */
function passwordFailure(code: string, url: string | null): Failure | undefined {
  if (code !== '28P01' || url === null) return undefined;
  const password = decodePercent(passwordOf(url));
  if (password === '') return NO_PASSWORD;
  return password === password.normalize('NFKC') ? undefined : UNPREPARED_PASSWORD;
}

/** What a code of Node or of Postgres means; undefined for one that the table does not have. */
export function knownFailure(code: string, step: StartStep): Failure | undefined {
  const table = FAILURES[step];
  const key = OPENSSL.test(code) && !Object.hasOwn(table, code) ? 'EPROTO' : code;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Drizzle wraps the driver's errors; its own message contains the statement. */
export function causeOf(error: unknown): Readonly<Record<'name' | 'code' | 'message' | 'routine', string>> {
  const origin = causesOf(error).at(-1) ?? error;
  const { name, code, message, routine } = origin as Record<'name' | 'code' | 'message' | 'routine', unknown>;
  return {
    name: String(name ?? ''),
    code: String(code ?? ''),
    message: onOneLine(String(message ?? '')),
    routine: String(routine ?? ''),
  };
}

const onOneLine = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.:]+$/, '');

/** The message of the database or of Node, in parentheses. */
function reasonOf(code: string, message: string): string {
  const said = [message, message.includes(code) ? '' : code].filter(Boolean);
  return said.length === 0 ? '' : ` (${said.join('; ')})`;
}

function withoutPassword(message: string, url: string | null): string {
  const raw = url === null ? '' : passwordOf(url);
  const forms = [raw, decodePercent(raw)].filter((form) => form.length >= MIN_PASSWORD);
  return forms.reduce((text, form) => text.replaceAll(form, '…'), message);
}

/** The password that is sent, as it is written. */
const passwordOf = (url: string): string =>
  splitDatabaseUrl(url)?.url.password || variableOf('PGPASSWORD') || '';

/** The string itself if it is not percent-encoded. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
