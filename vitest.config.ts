import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * Baseline code for WebAssembly: a test file ends before optimized code of PGlite pays off. A start on PGlite takes two
 * thirds of the CPU time with it, and the longest file no more than without.
 */
const execArgv = ['--liftoff-only'];

const GIB = 1024 ** 3;
/** Files share one Postgres with 200 connections. */
const MAX_FILES = 6;
/**
 * One file more than there are cores, since floods wait for the pace of the service, and processes for the disk. Each
 * PGlite can take 1 GB, and a browser as much, so a file needs 4 GB of the machine; two files run on any.
 */
const maxWorkers = Math.max(
  2,
  Math.min(availableParallelism() + 1, Math.floor(totalmem() / (4 * GIB)), MAX_FILES),
);

const common = {
  pool: 'forks',
  execArgv,
  isolate: true,
  maxWorkers,
  // Many tests start processes, which on a busy machine takes seconds each.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  setupFiles: 'test/harness/each-file.ts',
  // A poll ends as soon as its condition holds, and does not fail because the machine is busy.
  expect: { poll: { interval: 10, timeout: 10_000 } },
} as const;

/**
 * What depends on the database: each file runs on PGlite, and on Postgres. What the service refuses before it asks a database, or
 * counts and queues in memory, is in another folder, such as `test/http`, which runs on PGlite alone.
 */
const SERVICE = 'test/service/**/*.test.ts';
/**
 * Its files share their workers: loading the service for each takes a quarter of their CPU time. Each has its own service and
 * database, and mocks end with the file.
 */
const service = { ...common, isolate: false, include: [SERVICE] };

/**
 * Files that replace modules, each in a worker of its own: a worker that ran another file may have loaded the modules already.
 * All other files share their workers: a worker's start, and loading the service, take seconds of CPU time.
 */
const ISOLATED = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/service/'))
  .filter((path) => /^\s*vi\.mock\(/m.test(readFileSync(join(import.meta.dirname, path), 'utf8')));

export default defineConfig({
  test: {
    ...common,
    globalSetup: 'test/harness/databases.ts',
    // Only where a run asks for it: `npm run coverage`, and CI. The reporter below shows each folder by itself.
    coverage: {
      provider: 'v8',
      include: ['server/gate/**/*.ts', 'shared/**/*.ts'],
      reporter: ['json-summary'],
      reportsDirectory: 'coverage',
    },
    reporters: ['default', './test/harness/reporter.ts'],
    projects: [
      { test: { ...common, name: 'unit', include: ISOLATED } },
      {
        test: {
          ...common,
          name: 'unit-shared',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [SERVICE, ...ISOLATED],
        },
      },
      { test: { ...service, name: 'pglite', provide: { database: 'pglite' } } },
      {
        test: {
          ...service,
          name: 'postgres',
          provide: { database: 'postgres' },
          runner: './test/harness/postgres-runner.ts',
        },
      },
    ],
  },
});
