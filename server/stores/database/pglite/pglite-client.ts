import type { Results } from '@electric-sql/pglite';
import type { Statement, TransactionEnd } from './pglite-messages.ts';
import { PgliteThread } from './pglite-thread.ts';

interface QueryOptions {
  readonly rowMode?: 'array' | 'object';
}

/** Runs statements. Times are strings, as drizzle reads them. */
interface PgliteSession {
  query<Row>(text: string, params?: readonly unknown[], options?: QueryOptions): Promise<Results<Row>>;
}

/** What drizzle calls of PGlite. */
export interface PgliteClient extends PgliteSession {
  transaction<T>(run: (transaction: PgliteSession) => Promise<T>): Promise<T>;
  /** Closes the database after what was sent. */
  close(): Promise<void>;
}

/**
 * Opens PGlite in a separate thread, so that no statement blocks the thread that serves.
 * @param onUnexpectedExit called if the thread ends without having been closed
 */
export async function openPgliteClient(
  dataDir: string,
  onUnexpectedExit: (error: Error) => void,
): Promise<PgliteClient> {
  return new PgliteThreadClient(await PgliteThread.open(dataDir, onUnexpectedExit));
}

/** Shares the one session of PGlite: while a transaction runs, everything else waits, first come, first served. */
class PgliteThreadClient implements PgliteClient {
  readonly #thread: PgliteThread;
  /** Settles when the last of those that have or await the session is done. It never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #inLine = 0;

  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  query<Row>(text: string, params: readonly unknown[] = [], options?: QueryOptions): Promise<Results<Row>> {
    const send = () => ask<Row>(this.#thread, { text, params, inTransaction: false }, options);
    // The thread runs what it gets in order.
    return this.#inLine === 0 ? send() : this.#inTurn(send);
  }

  transaction<T>(run: (transaction: PgliteSession) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const transaction = new Transaction(this.#thread);
      try {
        const result = await run(transaction);
        await transaction.end('commit');
        return result;
      } catch (error) {
        await transaction.end('rollback');
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#thread.close());
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#inLine++;
    const turn = this.#last.then(run).finally(() => {
      this.#inLine--;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}

class Transaction implements PgliteSession {
  readonly #thread: PgliteThread;
  #isOver = false;

  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  query<Row>(text: string, params: readonly unknown[] = [], options?: QueryOptions): Promise<Results<Row>> {
    // It would run in another's transaction.
    if (this.#isOver) return Promise.reject(new Error('Transaction is closed'));
    return ask<Row>(this.#thread, { text, params, inTransaction: true }, options);
  }

  /** Ends it, unless it is over. */
  async end(kind: TransactionEnd['kind']): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#thread.ask({ kind });
  }
}

async function ask<Row>(
  thread: PgliteThread,
  { text, params, inTransaction }: Pick<Statement, 'text' | 'params' | 'inTransaction'>,
  { rowMode = 'object' }: QueryOptions = {},
): Promise<Results<Row>> {
  return (await thread.ask({ kind: 'statement', text, params, rowMode, inTransaction })) as Results<Row>;
}
