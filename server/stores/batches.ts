import { inTime } from './deadline.ts';

/** Whoever waits this long for others has a statement go beside those under way, which may hang; milliseconds. */
const PATIENCE_MS = 50;

interface Waiter<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/** What shared statements have done since the start, and do now. */
export interface BatchLoad {
  readonly statements: number;
  /** Questions that those statements asked together. */
  readonly questions: number;
  /** What the statements took, in milliseconds. */
  readonly tookMs: number;
  /** Statements under way. */
  readonly running: number;
  /** Questions that wait for a statement. */
  readonly waiting: number;
  readonly mostWaiting: number;
}

interface Options<Q, A> {
  /** Questions of one statement, at most. */
  readonly size: number;
  /** Statements under way at a time; what is asked meanwhile shares the next one. */
  readonly atOnce: number;
  /** So many have to wait before a statement goes beside another: fewer, larger ones cost all of them less. */
  readonly crowd?: number;
  /** Questions that wait for a statement, at most. */
  readonly waiting: number;
  /** Asks the store; the answers are in the order of the questions. */
  readonly run: (questions: readonly Q[]) => Promise<readonly A[]>;
}

/** A queue that is full: the store cannot answer in time. */
class TooMany extends Error {
  override readonly name = 'TooMany';
  readonly code = '53400';
}

/** Lets many that ask a database at the same time share one statement. */
export class Batches<Q, A> {
  readonly #options: Options<Q, A>;
  readonly #running = new Set<Promise<void>>();
  #queue: Waiter<Q, A>[] = [];
  #impatient: NodeJS.Timeout | null = null;
  #statements = 0;
  #questions = 0;
  #tookMs = 0;

  constructor(options: Options<Q, A>) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#queue.length >= this.#options.waiting;
  }

  get load(): BatchLoad {
    return {
      statements: this.#statements,
      questions: this.#questions,
      tookMs: this.#tookMs,
      running: this.#running.size,
      waiting: this.#queue.length,
      mostWaiting: this.#options.waiting,
    };
  }

  /** The store's answer to this very question. Rejects where the store fails, is silent, or too many wait. */
  ask(question: Q): Promise<A> {
    if (this.isFull) return Promise.reject(new TooMany('too many wait for the database'));
    return inTime(
      new Promise<A>((resolve, reject) => {
        this.#queue.push({ question, resolve, reject });
        this.#send();
      }),
    );
  }

  /** Resolves once every statement that is under way, and what waits for one, is done. */
  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** @param crowd so many have to wait before a statement goes beside another */
  #send(crowd = this.#options.crowd ?? 1): void {
    const { size, atOnce } = this.#options;
    const enough = () => this.#queue.length >= (this.#running.size === 0 ? 1 : crowd);
    while (enough() && this.#running.size < atOnce) {
      const waiters = this.#queue.slice(0, size);
      this.#queue = this.#queue.slice(size);
      const running = this.#run(waiters).finally(() => {
        this.#running.delete(running);
        this.#send();
      });
      this.#running.add(running);
    }
    if (this.#queue.length === 0 || this.#running.size === atOnce) return;
    this.#impatient ??= setTimeout(() => {
      this.#impatient = null;
      this.#send(1);
    }, PATIENCE_MS).unref();
  }

  async #run(waiters: readonly Waiter<Q, A>[]): Promise<void> {
    const begun = performance.now();
    this.#statements++;
    this.#questions += waiters.length;
    try {
      const answers = await inTime(this.#options.run(waiters.map(({ question }) => question)));
      for (const [i, waiter] of waiters.entries()) {
        const answer = answers[i];
        if (answer === undefined) waiter.reject(new Error('a question was not answered'));
        else waiter.resolve(answer);
      }
    } catch (error) {
      for (const waiter of waiters) waiter.reject(error);
    } finally {
      this.#tookMs += performance.now() - begun;
    }
  }
}
