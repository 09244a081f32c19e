import { expect } from 'vitest';

/** Steps that are replaced while the service runs, by name. */
type Replaced = Map<string, (...args: never[]) => unknown>;

/** Expects that an attack succeeds only without a step. @param attack resolves to whether it succeeded */
export async function expectStepNeeded(
  replaced: Replaced,
  step: string,
  instead: (...args: never[]) => unknown,
  attack: () => Promise<boolean>,
): Promise<void> {
  expect(await attack(), 'with the step').toBe(false);
  replaced.set(step, instead);
  try {
    expect(await attack(), 'without the step').toBe(true);
  } finally {
    replaced.delete(step);
  }
}
