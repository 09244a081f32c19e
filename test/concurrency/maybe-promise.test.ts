import { expect, test } from 'vitest';
import {
  andThen,
  type MaybePromise,
  runSteps,
  type Steps,
  waitFor,
} from '../../server/lib/concurrency/maybe-promise.ts';

const later = async <T>(value: T) => value;
const fails = async () => {
  throw new Error('later');
};

function* sum(...values: MaybePromise<number>[]): Steps<number> {
  let total = 0;
  for (const value of values) total += yield* waitFor(value);
  return total;
}

test('steps without promises have their result at once', () => {
  expect(runSteps(sum())).toBe(0);
  expect(runSteps(sum(1, 2, 3))).toBe(6);
});

test('steps wait for every promise, wherever it comes', async () => {
  for (const values of [
    [later(1), 2, 3],
    [1, later(2), 3],
    [1, 2, later(3)],
    [later(1), later(2), later(3)],
  ]) {
    const result = runSteps(sum(...values));
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(6);
  }
});

function* guarded(log: string[], step: () => MaybePromise<unknown>): Steps<string> {
  try {
    yield* waitFor(step());
    return 'done';
  } catch (error) {
    log.push((error as Error).message);
    yield* waitFor(later(null));
    return 'caught';
  } finally {
    log.push('finally');
  }
}

test('a rejection is thrown where its step is, and so is what a step throws itself', async () => {
  const thrown = () => {
    throw new Error('now');
  };
  for (const [step, message] of [
    [fails, 'later'],
    [thrown, 'now'],
  ] as const) {
    const log: string[] = [];
    expect(await runSteps(guarded(log, step))).toBe('caught');
    expect(log).toEqual([message, 'finally']);
  }
});

test('an uncaught error is an exception before the first wait, and a rejection after it', async () => {
  function* failing(first: MaybePromise<number>): Steps<number> {
    yield* waitFor(first);
    throw new Error('uncaught');
  }
  expect(() => runSteps(failing(1))).toThrow('uncaught');
  await expect(runSteps(failing(later(1)))).rejects.toThrow('uncaught');
  await expect(runSteps(sum(1, fails()))).rejects.toThrow('later');
});

test('andThen continues at once with a value, and later with a promise', async () => {
  expect(andThen(1, (one) => one + 1)).toBe(2);
  expect(await andThen(later(1), (one) => one + 1)).toBe(2);
  await expect(andThen(fails(), () => 1)).rejects.toThrow('later');
});
