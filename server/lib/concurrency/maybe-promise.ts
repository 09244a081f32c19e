/**
 * A value that is already available, or a promise of it. A function that returns one may throw as well as reject; `await` and
 * `yield* waitFor` treat both alike.
 */
export type MaybePromise<T> = T | Promise<T>;

/**
 * A computation that waits only where it has to: a generator with `yield* waitFor(step)` where an async function has
 * `await step`. With an async function every step costs a turn of the microtask queue, even if its value is already available, as
 * nearly all values of a warm call are.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** Waits for a value if it is not available yet. */
export function* waitFor<T>(value: MaybePromise<T>): Steps<T> {
  return value instanceof Promise ? ((yield value) as T) : value;
}

/** Runs a computation: returns its result if nothing had to be waited for, otherwise a promise of it. */
export function runSteps<T>(steps: Steps<T>): MaybePromise<T> {
  const { done, value } = steps.next();
  return done ? value : resume(steps, value);
}

async function resume<T>(steps: Steps<T>, first: Promise<unknown>): Promise<T> {
  let step: IteratorResult<Promise<unknown>, T> = { done: false, value: first };
  while (!step.done) {
    const outcome: () => IteratorResult<Promise<unknown>, T> = await step.value.then(
      (value) => () => steps.next(value),
      (error) => () => steps.throw(error),
    );
    step = outcome();
  }
  return step.value;
}

/** Continues with a value: at once if it is available, otherwise when it comes. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
