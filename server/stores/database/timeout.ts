import type { Sql } from 'postgres';

/** A statement may take five seconds; a store that says nothing for longer counts as down. */
const DEADLINE_MS = 7_000;

/** A store that did not answer in time. */
class StoreTimeoutError extends Error {
  override readonly name = 'StoreTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/** The result of asking a store, or a rejection once it has been silent for too long. */
export function withTimeout<T>(asking: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreTimeoutError('a store did not answer in time')),
      DEADLINE_MS,
    );
    asking.then(resolve, reject).finally(() => clearTimeout(timer));
  });
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
export function withStatementTimeout(
  client: Sql,
  asking: StatementsUnderWay = new StatementsUnderWay(),
): Sql {
  return new Proxy(client, {
    get(target, name, receiver) {
      if (name === 'unsafe') {
        return (...[query, parameters, options]: Parameters<Sql['unsafe']>) =>
          bounded(target.unsafe(query, parameters, { ...options, prepare: true }), asking);
      }
      if (name === 'begin') {
        return (run: (sql: Sql) => unknown) =>
          asking.count(
            withTimeout(
              target.begin((transaction) => run(withStatementTimeout(transaction as unknown as Sql))),
            ),
          );
      }
      return Reflect.get(target, name, receiver);
    },
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
