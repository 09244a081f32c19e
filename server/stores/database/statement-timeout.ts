import type { Sql, TransactionSql } from 'postgres';
import type { Database } from './database.ts';
import { overrideClient } from './override-client.ts';
import type { Run } from './resilient-client.ts';
import { withTimeout } from './timeout.ts';

/** Statements and transactions that were sent, and have neither a result nor exceeded their timeout. */
export class StatementsInFlight {
  #inFlight = 0;
  #waiting: (() => void)[] = [];

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves when the next one has its result, or was abandoned after its timeout. */
  nextResult(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The load of a pool. @param connections the most that it opens */
  ofPool(connections: number): Database['pool'] {
    const inFlight = () => this.#inFlight;
    return {
      connections,
      get inFlight() {
        return inFlight();
      },
      nextResult: () => this.nextResult(),
    };
  }

  count<T>(query: Promise<T>): Promise<T> {
    this.#inFlight++;
    return query.finally(() => {
      this.#inFlight--;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    });
  }
}

/**
 * postgres.js as drizzle calls it (`unsafe` and `begin`). Each statement is abandoned if the database does not respond in time,
 * and prepared once for each connection: drizzle passes values as parameters, so that the same SQL recurs. postgres.js itself
 * waits forever: the server enforces `statement_timeout`, and a lost server enforces nothing.
 * @param statements counts what needs a connection; a transaction counts as one
 */
export function withStatementTimeout<Client extends Sql | TransactionSql>(
  client: Client,
  statements: StatementsInFlight = new StatementsInFlight(),
): Client {
  const unsafe = (...[query, parameters, options]: Parameters<Sql['unsafe']>) =>
    boundWait(client.unsafe(query, parameters, { ...options, prepare: true }), statements);
  if (!('begin' in client)) return overrideClient(client, { unsafe });
  return overrideClient(client, {
    unsafe,
    begin: (run: Run) =>
      statements.count(withTimeout(client.begin((transaction) => run(withStatementTimeout(transaction))))),
  });
}

/** The query itself, since drizzle calls its `values()`; only awaiting it is bounded. */
function boundWait<Q extends PromiseLike<unknown>>(query: Q, statements: StatementsInFlight): Q {
  const wait = query.then.bind(query);
  const then: typeof query.then = (...reactions) =>
    statements
      .count(withTimeout(new Promise((resolve, reject) => void wait(resolve, reject))))
      .then(...reactions);
  return Object.defineProperty(query, 'then', { value: then });
}
