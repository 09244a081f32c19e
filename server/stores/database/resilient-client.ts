import type { Sql, TransactionSql } from 'postgres';
import { isLostConnection, isOutage, isTransactionAborted } from './connection-errors.ts';
import { ConnectionLost, isolateResult } from './isolate-result.ts';
import { overrideClient } from './override-client.ts';
import { retryConflicts } from './retries.ts';

export type Run = (transaction: TransactionSql) => unknown;

/**
 * postgres.js, whose transactions and statements tolerate a broken connection. It would send `rollback` or `commit`
 * afterwards, to a socket that is closed, from a timer whose exception ends the process. So nothing is sent once the
 * connection is lost: the transaction ends silently, and rejects when the connection ends, with the first error that
 * reported the loss. A transaction that conflicts with another is run again.
 */
export const tolerateLostConnection = (client: Sql): Sql =>
  overrideClient(client, {
    unsafe: (...statement: Parameters<Sql['unsafe']>) => isolateResult(client.unsafe(...statement)),
    begin: (run: Run) => retryConflicts(() => begin(client, run)),
  });

async function begin(client: Sql, run: Run): Promise<unknown> {
  const statements = new TransactionStatements();
  let begun = false;
  try {
    return await client.begin(async (transaction) => {
      begun = true;
      try {
        const result = await run(statements.guard(transaction));
        if (!statements.lost) return result;
      } catch (error) {
        if (!statements.lost) throw statements.causeOf(error);
      }
      // Never settles, so that no `rollback` or `commit` follows; `begin` does not wait for it.
      return new Promise(() => {});
    });
  } catch (error) {
    const reason = statements.end() ?? error;
    // Without `cause`: that error belongs to another statement.
    if (!begun && !isOutage(error)) throw new ConnectionLost('no transaction was begun');
    throw reason;
  }
}

/** The statements of a transaction, of which none is sent once its connection is lost. */
class TransactionStatements {
  #lost = false;
  #firstError: unknown;
  /** The error of the statement under way. postgres.js itself reports only that the connection was closed. */
  #lostBy: unknown;

  get lost(): boolean {
    return this.#lost;
  }

  guard(transaction: TransactionSql): TransactionSql {
    const check = () => {
      if (this.#lost) throw new ConnectionLost('the connection of the transaction is lost');
    };
    const failed = (error: unknown) => this.#failed(error);
    const unsafe = (...statement: Parameters<Sql['unsafe']>) => {
      check();
      return isolateResult(transaction.unsafe(...statement), failed);
    };
    return overrideClient(transaction, { unsafe }, { check, failed });
  }

  #failed(error: unknown): void {
    this.#firstError ??= error;
    if (this.#lost || !isLostConnection(error)) return;
    this.#lost = true;
    this.#lostBy = error;
  }

  /** The error that aborted the transaction, if this one says only that it is aborted. */
  causeOf(error: unknown): unknown {
    return isTransactionAborted(error) ? (this.#firstError ?? error) : error;
  }

  /** Ends the transaction. @returns the error that reported the loss of its connection, if a statement had one */
  end(): unknown {
    this.#lost = true;
    return this.#lostBy;
  }
}
