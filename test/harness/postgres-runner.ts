import type { RunnerTask, RunnerTestFile, RunnerTestSuite } from 'vitest';
import { inject, TestRunner } from 'vitest';
import { POSTGRES_ABSENT } from './provided.ts';

/** Skips whole files, their hooks too, where there is no Postgres for them. */
export default class PostgresRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    if (inject('postgresUrl') !== null) return;
    for (const file of files) skip(file);
  }
}

function skip(task: RunnerTask | RunnerTestSuite): void {
  task.mode = 'skip';
  task.meta.skipReason = POSTGRES_ABSENT;
  if (task.type === 'suite') for (const child of task.tasks) skip(child);
}
