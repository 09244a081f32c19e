import type { Sql, TransactionSql } from 'postgres';
import { isLostConnection } from './connection-errors.ts';
import type { Database } from './database.ts';
import { retryConflicts } from './retries.ts';
import { withTimeout } from './timeout.ts';

/** The error of a statement in a transaction whose connection is already lost. */
class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'CONNECTION_CLOSED';
}

type Run = (transaction: TransactionSql) => unknown;

/**
 * postgres.js, whose transactions tolerate a broken connection. It would send `rollback` afterwards, to a socket
 * that is closed, from a timer whose exception ends the process. So nothing is sent once the connection is lost:
 * the transaction ends silently, and rejects when the connection ends, with the error that said so first. A transaction that conflicts with another
 * is run again.
 */
export const tolerateLostConnection = (client: Sql): Sql =>
  override(client, { begin: (run: Run) => retryConflicts(() => begin(client, run)) });

function begin(client: Sql, run: Run): Promise<unknown> {
  let lost = false;
  /** What the first statement that failed said. postgres.js itself says only that the connection was closed. */
  let reason: unknown;
  const begun = client.begin(async (transaction) => {
    try {
      return await run(guardTransaction(transaction, () => lost));
    } catch (error) {
      lost ||= isLostConnection(error);
      // Never settles, so that no `rollback` follows; `begin` does not wait for it.
      if (!lost) throw error;
      reason = error;
      return new Promise(() => {});
    }
  });
  return begun.catch((error) => {
    lost = true;
    throw reason ?? error;
  });
}

/** A transaction that sends nothing more once its connection is lost. */
function guardTransaction(transaction: TransactionSql, isOver: () => boolean): TransactionSql {
  const check = () => {
    if (isOver()) throw new ConnectionLost('the connection of the transaction is lost');
  };
  const unsafe = (...statement: Parameters<Sql['unsafe']>) => {
    check();
    return transaction.unsafe(...statement);
  };
  return override(transaction, { unsafe }, check);
}

/** Statements and transactions that were sent, and neither answered nor given up. */
export class StatementsUnderWay {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay;
  }

  /** Resolves when the next one is answered or given up. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The maximum number of connections of the pool. */
  ofPool(connections: number): Database['pool'] {
    const underWay = () => this.#underWay;
    return {
      connections,
      get underWay() {
        return underWay();
      },
      answered: () => this.answered(),
    };
  }

  count<T>(query: Promise<T>): Promise<T> {
    this.#underWay++;
    return query.finally(() => {
      this.#underWay--;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    });
  }
}

/**
 * postgres.js as drizzle calls it (`unsafe` and `begin`). Each statement is given up if the database does not answer, and
 * prepared once for each connection: drizzle writes texts with parameters.
 * postgres.js itself waits forever: the server enforces `statement_timeout`, and a lost server enforces nothing.
 * @param asking counts what needs a connection; a transaction counts as one
 */
export function withStatementTimeout<Client extends Sql | TransactionSql>(
  client: Client,
  asking: StatementsUnderWay = new StatementsUnderWay(),
): Client {
  const unsafe = (...[query, parameters, options]: Parameters<Sql['unsafe']>) =>
    bounded(client.unsafe(query, parameters, { ...options, prepare: true }), asking);
  if (!('begin' in client)) return override(client, { unsafe });
  return override(client, {
    unsafe,
    begin: (run: Run) =>
      asking.count(withTimeout(client.begin((transaction) => run(withStatementTimeout(transaction))))),
  });
}

/** The query itself, since drizzle calls its `values()`; only awaiting it is bounded. */
function bounded<Q extends PromiseLike<unknown>>(query: Q, asking: StatementsUnderWay): Q {
  const wait = query.then.bind(query);
  const then: typeof query.then = (...reactions) =>
    asking
      .count(withTimeout(new Promise((resolve, reject) => void wait(resolve, reject))))
      .then(...reactions);
  return Object.defineProperty(query, 'then', { value: then });
}

/**
 * A client of postgres.js with some members replaced.
 * @param beforeStatement runs before each statement that is written as a template
 */
function override<Client extends Sql | TransactionSql>(
  client: Client,
  members: Readonly<Partial<Record<'unsafe' | 'begin', unknown>>>,
  beforeStatement: () => void = () => {},
): Client {
  return new Proxy(client, {
    apply(target, self, args) {
      beforeStatement();
      return Reflect.apply(target, self, args);
    },
    get: (target, name, receiver) =>
      Reflect.get(Object.hasOwn(members, name) ? members : target, name, receiver),
  });
}
