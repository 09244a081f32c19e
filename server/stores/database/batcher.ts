import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import { QueueFullError } from '../../lib/concurrency/fair-queue.ts';
import { RoundRobin } from '../../lib/concurrency/round-robin.ts';
import { withTimeout } from './timeout.ts';

/** After this wait, in milliseconds, an entry starts another statement alongside the running ones, which may hang. */
const OVERLAP_AFTER_MS = 50;

interface Waiter<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/** Counters of shared statements since the start, and their present state. */
export interface BatchLoad {
  readonly statements: number;
  /** Questions that those statements contained. */
  readonly questions: number;
  /** The duration of all statements together, in milliseconds. */
  readonly tookMs: number;
  /** Statements under way. */
  readonly running: number;
  /** Questions that wait for a statement. */
  readonly waiting: number;
  readonly maxWaiting: number;
}

interface Options<Q, A> {
  /** The maximum number of questions in one statement. */
  readonly size: number;
  /** The maximum number of concurrent statements; questions that arrive meanwhile share the next one. */
  readonly atOnce: number;
  /** Waiting questions that start a statement alongside another: fewer, larger statements cost each question less. */
  readonly minBatchToOverlap?: number;
  /** The maximum number of waiting questions. */
  readonly waiting: number;
  /** The fairness key of a question. The groups take turns, and a full queue rejects the newest of the largest group. */
  readonly payerOf: (question: Q) => FairnessKey;
  /** Queries the store; the answers are in the order of the questions. */
  readonly run: (questions: readonly Q[]) => Promise<readonly A[]>;
}

/** Combines concurrent questions into shared statements. Groups take turns, at every level of their keys. */
export class Batcher<Q, A> {
  readonly #options: Options<Q, A>;
  readonly #running = new Set<Promise<void>>();
  readonly #queue = new RoundRobin<Waiter<Q, A>>();
  #overlapTimer: NodeJS.Timeout | null = null;
  #statements = 0;
  #questions = 0;
  #tookMs = 0;

  constructor(options: Options<Q, A>) {
    this.#options = options;
  }

  get load(): BatchLoad {
    return {
      statements: this.#statements,
      questions: this.#questions,
      tookMs: this.#tookMs,
      running: this.#running.size,
      waiting: this.#queue.size,
      maxWaiting: this.#options.waiting,
    };
  }

  /**
   * Returns the store's answer to this question. Rejects if the store fails or does not answer.
   * @throws QueueFullError if it had to make room for another group's question
   */
  submit(question: Q): Promise<A> {
    return withTimeout(
      new Promise<A>((resolve, reject) => {
        this.#queue.push(this.#options.payerOf(question), { question, resolve, reject });
        this.#send();
        if (this.#queue.size <= this.#options.waiting) return;
        this.#queue.dropFromLargest()?.reject(new QueueFullError('too many wait for the database'));
      }),
    );
  }

  /** Resolves once every statement under way and every waiting question is done. */
  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** @param minBatchToOverlap waiting questions that start a statement alongside another */
  #send(minBatchToOverlap = this.#options.minBatchToOverlap ?? 1): void {
    const { size, atOnce } = this.#options;
    const enough = () => this.#queue.size >= (this.#running.size === 0 ? 1 : minBatchToOverlap);
    while (enough() && this.#running.size < atOnce) {
      const running = this.#run(this.#next(size)).finally(() => {
        this.#running.delete(running);
        this.#send();
      });
      this.#running.add(running);
    }
    if (this.#queue.size === 0 || this.#running.size === atOnce) return;
    this.#overlapTimer ??= setTimeout(() => {
      this.#overlapTimer = null;
      this.#send(1);
    }, OVERLAP_AFTER_MS).unref();
  }

  #next(max: number): Waiter<Q, A>[] {
    const waiters: Waiter<Q, A>[] = [];
    while (waiters.length < max) {
      const waiter = this.#queue.shift();
      if (!waiter) break;
      waiters.push(waiter);
    }
    return waiters;
  }

  async #run(waiters: readonly Waiter<Q, A>[]): Promise<void> {
    const begun = performance.now();
    this.#statements++;
    this.#questions += waiters.length;
    try {
      const answers = await withTimeout(this.#options.run(waiters.map(({ question }) => question)));
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
