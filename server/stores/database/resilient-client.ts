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
 * postgres.js, whose transactions survive that their connection breaks. It would send `rollback` after it, to a socket
 * that is not there, from a timer whose exception ends the process. So nothing is sent once the connection is lost:
 * the transaction is over without a word, and `begin` rejects by the connection's end. One that conflicts with another
 * is run again.
 */
export const tolerateLostConnection = (client: Sql): Sql =>
  override(client, { begin: (run: Run) => retryConflicts(() => begin(client, run)) });

function begin(client: Sql, run: Run): Promise<unknown> {
  let lost = false;
  const begun = client.begin(async (transaction) => {
    try {
      return await run(guardTransaction(transaction, () => lost));
    } catch (error) {
      lost ||= isLostConnection(error);
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
  const unsafe = (...statement: Parameters<Sql['unsafe']>) => {
    check();
    return transaction.unsafe(...statement);
  };
  return override(transaction, { unsafe }, check);
}

/** Statements and transactions that are asked and not answered or given up. */
export class StatementsUnderWay {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay;
  }

  /** Resolves when the next of them is answered or given up. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** As a pool of so many connections shows it. */
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

  count<T>(asked: Promise<T>): Promise<T> {
    this.#underWay++;
    return asked.finally(() => {
      this.#underWay--;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    });
  }
}

/**
 * postgres.js as drizzle calls it (`unsafe` and `begin`), each statement given up where the database is silent, and
 * prepared once for each connection: what drizzle writes is a text with parameters.
 * postgres.js itself waits for ever: `statement_timeout` is the server's word, and a server that is gone has none.
 * @param asking counts those that need a connection: of a transaction none but itself
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

/** The query itself, since drizzle goes on to ask it for `values()`; only what awaits it waits less. */
function bounded<Q extends PromiseLike<unknown>>(query: Q, asking: StatementsUnderWay): Q {
  const wait = query.then.bind(query);
  const then: typeof query.then = (...reactions) =>
    asking
      .count(withTimeout(new Promise((resolve, reject) => void wait(resolve, reject))))
      .then(...reactions);
  return Object.defineProperty(query, 'then', { value: then });
}

/**
 * A client of postgres.js with other members in place of some of its own.
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
