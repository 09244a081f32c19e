import { expect, test } from 'vitest';
import { FairBudget } from '../../shared/fairness/fair-budget.ts';

/** Takes single units until the budget refuses. */
function takeAll(budget: FairBudget, key: readonly string[]): number {
  let taken = 0;
  while (budget.take(key, 1)) taken++;
  return taken;
}

test('the first group gets half, the next half of what is left, and so on', () => {
  const budget = new FairBudget(1024);
  expect(takeAll(budget, ['a'])).toBe(512);
  expect(takeAll(budget, ['b'])).toBe(256);
  expect(takeAll(budget, ['c'])).toBe(128);
  expect(budget.take(['d'], 64)).toBe(true);
});

test('a member gets half of what its group may reserve', () => {
  const budget = new FairBudget(1024);
  expect(takeAll(budget, ['net', 'x'])).toBe(256);
  expect(budget.take(['net', 'y'], 64)).toBe(true);
});

test('an amount that was given back can be taken again, and an empty group is forgotten', () => {
  const budget = new FairBudget(100);
  expect(budget.take(['a', 'x'], 20)).toBe(true);
  expect(budget.take(['a', 'x'], 20)).toBe(false);
  budget.release(['a', 'x'], 20);
  expect(budget.take(['a', 'x'], 25)).toBe(true);
  budget.release(['a', 'x'], 25);
  expect(budget.occupancy).toEqual({ used: 0, capacity: 100 });
});

test('only the total bounds an empty key', () => {
  const budget = new FairBudget(100);
  expect(budget.take(['a'], 40)).toBe(true);
  expect(takeAll(budget, [])).toBe(60);
});

test('any number of past groups take nothing from those that still use the budget', () => {
  const budget = new FairBudget(1024);
  expect(budget.take(['reserved'], 512)).toBe(true);
  for (let n = 0; n < 2_000; n++) {
    expect(budget.take([`passing ${n}`], 256)).toBe(true);
    budget.release([`passing ${n}`], 256);
  }
  expect(budget.take(['reserved'], 1)).toBe(false);
  expect(budget.occupancy.used).toBe(512);
  budget.release(['reserved'], 512);
  expect(takeAll(budget, ['reserved'])).toBe(512);
});
