import { FAILURES } from './connection/failure-table.ts';
import { SERVICE_PRIVILEGES } from './table-privileges.ts';

/**
 * Classifies error codes for code that decides what to do next: Node's socket errors, those of postgres.js
 * (`CONNECTION_…`), and SQLSTATE. The messages for people are in `connection/failure-table.ts`.
 */

/**
 * A lost connection, as postgres.js and Node report it, or one that the server announces it will close.
 * `connection/dead-server-watch.ts` ends one that is read-only.
 */
const LOST = /^(CONNECTION_|ECONNRESET$|ECONNABORTED$|EPIPE$|57P0[1-5]$|25P0[34]$|25006$)/;

/** A serialization failure, and a deadlock. Postgres has rolled back; a second attempt may succeed. */
const CONFLICT = /^(40001|40P01)$/;

/** A conflict, a statement timeout, or a lock timeout. */
const CONTENTION = /^(40P01|40001|55P03|57014)$/;

/**
 * What the table of failures does not list one by one: errors of the driver, of authentication and of TLS, and SQLSTATE classes
 * that no statement caused: connections (08), rollbacks by the server (40), resources (53), operators (57), system errors and
 * internal errors (58, XX), and a transaction that the server gave up.
 */
const OUTAGE = /^(CONNECTION_|SASL_|ERR_(SSL|OSSL|TLS)_|(08|40|53|57|58|F0|XX)\w{3}$|25P0[34]$)/;

/** Codes that files have too: they concern the database only if the call that failed is `connect`. */
const FILE_ERRORS = /^(ENOENT|EACCES|EINVAL)$/;

/** Whether the connection on which a statement ran is lost. */
export const isLostConnection = (error: unknown): boolean => hasCode(error, LOST);

/** Whether a transaction conflicted with another, and may be run again. */
export const isConflict = (error: unknown): boolean => hasCode(error, CONFLICT);

/** Whether a server accepts no writes. */
export const isReadOnly = (error: unknown): boolean => hasCode(error, /^25006$/);

/** Whether a statement failed only because one before it failed in its transaction. */
export const isTransactionAborted = (error: unknown): boolean => hasCode(error, /^25P02$/);

/** Whether a lock was waited for longer than `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => hasCode(error, /^55P03$/);

/** Whether a statement conflicted with others or waited too long for them, and may be run again. */
export const isContention = (error: unknown): boolean => hasCode(error, CONTENTION);

/**
 * Whether an error may affect only one statement, although it counts as an outage for that statement's caller: a timeout, or
 * damage in the data that it reads (class XX; a block or a file that cannot be read, 58030 and 58P01).
 */
export const isUnrelatedToOthers = (error: unknown): boolean =>
  isContention(error) || hasCode(error, /^(XX\w{3}|58030|58P01)$/);

/**
 * Whether an error, or one of its causes, means that the store is unavailable. What counts as a database failure at startup
 * also counts as one later: a host that DNS does not find, a certificate that has expired, a password that was changed.
 */
export const isOutage = (error: unknown): boolean =>
  hasCode(error, OUTAGE) ||
  causesOf(error).some(
    (cause) => isKnownFailure(cause) || isTableMissing(cause) || cause.message === 'PGlite is closed',
  );

const OWN_TABLE = new RegExp(`\\b(${Object.keys(SERVICE_PRIVILEGES).join('|')})\\b`);

/** Whether one of Keyseal's own tables is missing, such as while a backup is restored over the database. */
const isTableMissing = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === '42P01' && OWN_TABLE.test(message);

const isKnownFailure = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  typeof code === 'string' &&
  (syscall === 'connect' || (Object.hasOwn(FAILURES.using, code) && !FILE_ERRORS.test(code)));

/** Whether the code of an error says that the server cannot be reached now, and may be later. */
export const isUnreachable = (code: string): boolean =>
  Object.hasOwn(FAILURES.using, code) && FAILURES.using[code]?.isTemporary === true;

const hasCode = (error: unknown, codes: RegExp): boolean =>
  causesOf(error).some((cause) => codes.test(String((cause as { code?: unknown }).code)));

/** Causes of an error that are looked at. A procedure may throw one that is its own cause. */
const MAX_CAUSES = 16;

/** An error and its causes, outermost first: Drizzle wraps the driver's errors. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < MAX_CAUSES; cause = cause.cause)
    causes.push(cause);
  return causes;
}
