import { afterEach, describe, expect, it, vi } from 'vitest';
import { Batcher } from '../../server/stores/database/batcher.ts';

const OPTIONS = { size: 500, maxConcurrent: 3, minBatchToOverlap: 64, maxQueued: 1_000 };

/** Each ten thousand numbers belong to one workspace, and each thousand of them to one key. */
const payerOf = (entry: number) => [String(Math.floor(entry / 10_000)), String(Math.floor(entry / 1_000))];

/** Statements that the test answers when it chooses, with their entries. */
function pausedBatches(options: { size?: number; minBatchToOverlap?: number } = {}) {
  const statements: { asked: readonly number[]; answer: () => void }[] = [];
  const run = (asked: readonly number[]) =>
    new Promise<readonly number[]>((resolve) => {
      statements.push({ asked, answer: () => resolve(asked) });
    });
  return { statements, batches: new Batcher<number, number>({ ...OPTIONS, ...options, payerOf, run }) };
}

/** Statements start after the code that submits their entries. */
const started = () => new Promise(setImmediate);

it('callers who come at once share a statement', async () => {
  const { statements, batches } = pausedBatches();
  const answers = Array.from({ length: 100 }, (_, n) => batches.submit(n));
  await started();
  expect(statements.map(({ asked }) => asked.length)).toEqual([100]);
  statements[0]?.answer();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it('callers who arrive during a statement share the next, which starts early if they are many', async () => {
  const { statements, batches } = pausedBatches();
  const answers = [batches.submit(0)];
  await started();
  for (let n = 1; n < 64; n++) answers.push(batches.submit(n));
  await started();
  expect(statements.map(({ asked }) => asked.length)).toEqual([1]);
  answers.push(batches.submit(64));
  await started();
  expect(statements.map(({ asked }) => asked.length)).toEqual([1, 64]);
  for (const { answer } of statements) answer();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 65 }, (_, n) => n));
});

it('no caller waits for a statement that hangs', async () => {
  const { statements, batches } = pausedBatches();
  const hangs = batches.submit(1);
  await started();
  const answered = batches.submit(2);
  await expect.poll(() => statements.length, { timeout: 2_000 }).toBe(2);
  statements[1]?.answer();
  expect(await answered).toBe(2);
  statements[0]?.answer();
  expect(await hangs).toBe(1);
  await batches.drain();
});

it('draining waits for what was submitted just before', async () => {
  const { statements, batches } = pausedBatches();
  let drained = false;
  const answered = batches.submit(1);
  const draining = batches.drain().then(() => {
    drained = true;
  });
  await started();
  expect(drained).toBe(false);
  statements[0]?.answer();
  await draining;
  expect(await answered).toBe(1);
});

describe('entries whose callers were refused because the database hangs', () => {
  const TIMEOUT = 7_500;

  /** A hundred callers are refused: three statements of ten entries hang, and the other entries wait for them. */
  async function refuseAll() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { statements, batches } = pausedBatches({ size: 10, minBatchToOverlap: 1 });
    const answers = Array.from({ length: 100 }, (_, n) => batches.submit(n));
    const outcomes = Promise.all(answers.map((one) => one.catch((error: Error) => error.name)));
    await vi.advanceTimersByTimeAsync(TIMEOUT);
    expect(new Set(await outcomes)).toEqual(new Set(['StoreTimeoutError']));
    return { statements, batches };
  }
  afterEach(() => void vi.useRealTimers());

  it('are not carried out', async () => {
    const { statements, batches } = await refuseAll();
    const answered = batches.submit(1_000);
    await started();
    while (batches.load.running > 0) {
      for (const { answer } of statements) answer();
      await started();
    }
    expect(await answered).toBe(1_000);
    expect(statements.slice(3).flatMap(({ asked }) => asked)).toEqual([1_000]);
    expect(batches.load.waiting).toBe(0);
  });

  it('are not awaited when the service stops', async () => {
    const { batches } = await refuseAll();
    let drained = false;
    void batches.drain().then(() => {
      drained = true;
    });
    await vi.advanceTimersByTimeAsync(TIMEOUT);
    expect(drained).toBe(true);
  });
});

describe('S7: entries of several workspaces', () => {
  const OTHER = 10_000;

  it('get a turn in the next statement, however many another workspace has waiting', async () => {
    const { statements, batches } = pausedBatches();
    const busy = Array.from({ length: 900 }, (_, n) => batches.submit(n * 10));
    const other = [batches.submit(OTHER), batches.submit(OTHER + 1)];
    await started();
    const next = statements.find(({ asked }) => asked.includes(OTHER));
    expect(next?.asked.slice(0, 4)).toEqual(expect.arrayContaining([OTHER, OTHER + 1]));
    while (batches.load.running > 0) {
      for (const { answer } of statements) answer();
      await started();
    }
    expect(await Promise.all(busy)).toHaveLength(900);
    expect(await Promise.all(other)).toEqual([OTHER, OTHER + 1]);
  });

  it('are refused for the workspace that fills the queue, and for no other', async () => {
    const { statements, batches } = pausedBatches();
    const outcomes = (asked: Promise<number>[]) =>
      Promise.all(asked.map((one) => one.catch((error: Error) => error.name)));
    const flood = outcomes(Array.from({ length: 4_000 }, (_, n) => batches.submit(n)));
    const others = outcomes(Array.from({ length: 50 }, (_, n) => batches.submit((n + 1) * OTHER)));
    let answered: unknown;
    void others.then((all) => {
      answered = all;
    });
    while (answered === undefined || batches.load.running > 0) {
      for (const { answer } of statements) answer();
      await started();
    }
    expect(answered).toEqual(Array.from({ length: 50 }, (_, n) => (n + 1) * OTHER));
    expect((await flood).filter((outcome) => outcome === 'QueueFullError').length).toBeGreaterThan(1_000);
    expect(batches.load.waiting).toBe(0);
  });
});
