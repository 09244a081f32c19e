import { defineConfig } from 'vitest/config';

/**
 * A file is over before code of PGlite that is made faster while it runs has paid for the making: without, a start on
 * PGlite takes two thirds of the processor's time, and the longest file no more than before.
 */
const execArgv = ['--liftoff-only'];

/** Each PGlite can take 1 GB: no more than two files at a time, whichever project they belong to. */
const common = {
  pool: 'forks',
  execArgv,
  isolate: true,
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 30_000,
} as const;

const SERVICE = 'test/service/**/*.test.ts';

export default defineConfig({
  test: {
    ...common,
    globalSetup: ['test/harness/postgres.ts', 'test/harness/pglite-template.ts'],
    // Only where a run asks for it: `npm run coverage`, and CI.
    coverage: {
      provider: 'v8',
      include: ['server/gate/**/*.ts', 'shared/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
    },
    reporters: ['default', './test/harness/reporter.ts'],
    projects: [
      { test: { ...common, name: 'unit', include: ['test/**/*.test.ts'], exclude: [SERVICE] } },
      { test: { ...common, name: 'pglite', include: [SERVICE], provide: { database: 'pglite' } } },
      {
        test: {
          ...common,
          name: 'postgres',
          include: [SERVICE],
          provide: { database: 'postgres' },
          runner: './test/harness/postgres-runner.ts',
        },
      },
    ],
  },
});
