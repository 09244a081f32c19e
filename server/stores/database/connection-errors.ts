/**
 * Classifies error codes for code that decides what to do next: Node's socket errors, those of postgres.js
 * (`CONNECTION_…`), and SQLSTATE. The messages for people are in `connection/failure-table.ts`.
 */

/**
 * A connection that is gone, in postgres.js's words and Node's, or that the server says it is about to close. One that is
 * read-only is ended by `connection/watch.ts`.
 */
const LOST = /^(CONNECTION_|ECONNRESET$|ECONNABORTED$|EPIPE$|57P0[1-5]$|25P03$|25006$)/;

/** A serialization failure, and a deadlock. Postgres has rolled back, and the same again may succeed. */
const CONFLICT = /^(40001|40P01)$/;

/** A conflict, and a statement or a lock that was waited for too long. */
const CONTENTION = /^(40P01|40001|55P03|57014)$/;

/**
 * Errors of a connection, SQLSTATE classes 08, 53, 57: the store is not there. A database that is read-only, or that lacks a
 * grant, and conflicts that went on after every attempt are no fault of the caller either.
 */
const OUTAGE =
  /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|CONNECTION_|CONNECT_TIMEOUT|08\w{3}$|53\w{3}$|57\w{3}$|25006$|42501$|40001$|40P01$)/;

/** A connection that broke, or a server that is silent: the same command may succeed later. */
const UNREACHABLE = /^(E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND)|CONNECT\w*|57P0\d)$/;

/** Whether the connection on which a statement ran is gone. */
export const isLostConnection = (error: unknown): boolean => hasCode(error, LOST);

/** Whether a transaction conflicted with another, and may be run again. */
export const isConflict = (error: unknown): boolean => hasCode(error, CONFLICT);

/** Whether a server takes no writes. */
export const isReadOnly = (error: unknown): boolean => hasCode(error, /^25006$/);

/** Whether a lock was waited for longer than `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => hasCode(error, /^55P03$/);

/** Whether a statement conflicted with others or waited too long for them, and may be run again. */
export const isContention = (error: unknown): boolean => hasCode(error, CONTENTION);

/** Whether an error, or what caused it, is a store that cannot answer. */
export const isOutage = (error: unknown): boolean =>
  hasCode(error, OUTAGE) || causesOf(error).some(({ message }) => message === 'PGlite is closed');

/** Whether the code of an error says that the server cannot be reached now. */
export const isUnreachable = (code: string): boolean => UNREACHABLE.test(code);

const hasCode = (error: unknown, codes: RegExp): boolean =>
  causesOf(error).some((cause) => codes.test(String((cause as { code?: unknown }).code)));

/** An error and what caused it, outermost first: Drizzle wraps what the driver throws. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) causes.push(cause);
  return causes;
}
