import type { Sql, TransactionSql } from 'postgres';
import { retryConflicts } from './retries.ts';

/** A connection that is gone, in postgres.js's words and Node's, or that the server says it is about to close. */
const LOST = /^(CONNECTION_|ECONNRESET$|ECONNABORTED$|EPIPE$|57P0[1-5]$|25P03$)/;

/** What was asked of a transaction whose connection is gone already. */
class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'CONNECTION_CLOSED';
}

/**
 * postgres.js, whose transactions survive that their connection breaks. It would send `rollback` after it, to a socket
 * that is not there, from a timer whose exception ends the process. So nothing is sent once the connection is lost:
 * the transaction is over without a word, and `begin` rejects by the connection's end. One that conflicts with another
 * is run again.
 */
export function tolerateLostConnection(client: Sql): Sql {
  return new Proxy(client, {
    get(target, name, receiver) {
      if (name !== 'begin') return Reflect.get(target, name, receiver);
      return (run: Run) => retryConflicts(() => begin(target, run));
    },
  });
}

type Run = (transaction: TransactionSql) => unknown;

function begin(client: Sql, run: Run): Promise<unknown> {
  let lost = false;
  const begun = client.begin(async (transaction) => {
    try {
      return await run(guardTransaction(transaction, () => lost));
    } catch (error) {
      lost ||= isLost(error);
      // Never settled, so that no `rollback` follows; `begin` does not wait for it.
      if (lost) return new Promise(() => {});
      throw error;
    }
  });
  begun.catch(() => {
    lost = true;
  });
  return begun;
}

/** A transaction that is asked nothing more once its connection is lost. */
function guardTransaction(transaction: TransactionSql, isOver: () => boolean): TransactionSql {
  const check = () => {
    if (isOver()) throw new ConnectionLost('the connection of the transaction is lost');
  };
  return new Proxy(transaction, {
    apply(target, self, args) {
      check();
      return Reflect.apply(target, self, args);
    },
    get(target, name, receiver) {
      if (name === 'unsafe') check();
      return Reflect.get(target, name, receiver);
    },
  });
}

function isLost(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (LOST.test(String((cause as { code?: unknown }).code))) return true;
  }
  return false;
}
