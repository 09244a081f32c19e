import { expect, it } from 'vitest';
import { Batches } from '../../server/stores/batches.ts';

const OPTIONS = { size: 500, atOnce: 3, crowd: 64, waiting: 1_000 };

/** Statements that are answered when they are told to be, with what was asked. */
function held() {
  const statements: { asked: readonly number[]; answer: () => void }[] = [];
  const run = (asked: readonly number[]) =>
    new Promise<readonly number[]>((resolve) => {
      statements.push({ asked, answer: () => resolve(asked) });
    });
  return { statements, batches: new Batches<number, number>({ ...OPTIONS, run }) };
}

it('lets those who come meanwhile share the next statement, and begins it beside the first once they are many', async () => {
  const { statements, batches } = held();
  const answers = Array.from({ length: 64 }, (_, n) => batches.ask(n));
  expect(statements.map(({ asked }) => asked.length)).toEqual([1]);
  answers.push(batches.ask(64));
  expect(statements.map(({ asked }) => asked.length)).toEqual([1, 64]);
  for (const { answer } of statements) answer();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 65 }, (_, n) => n));
});

it('lets nobody wait for a statement that hangs', async () => {
  const { statements, batches } = held();
  const hangs = batches.ask(1);
  const answered = batches.ask(2);
  await expect.poll(() => statements.length, { timeout: 2_000 }).toBe(2);
  statements[1]?.answer();
  expect(await answered).toBe(2);
  statements[0]?.answer();
  expect(await hangs).toBe(1);
  await batches.done();
});
