import { expect } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';

export interface Warning {
  readonly details: { holders?: { pid: number; application: string }[] };
  readonly sentence: string;
}

/** Opens a database as a start does, and returns the warnings that it logs and how it ends. */
export function opening(databaseUrl: string, startWaitSeconds: number) {
  const warnings: Warning[] = [];
  const warn = (details: object, sentence: string) => void warnings.push({ details, sentence });
  const opened = openDatabase({ databaseUrl, dataDir: '', startWaitSeconds }, 'migrate', undefined, warn);
  opened.catch(() => {});
  return { warnings, opened };
}

/** Waits until a start has logged what it waits for. */
export const waits = (warnings: readonly Warning[]) =>
  expect.poll(() => warnings.length, { timeout: 20_000 }).toBeGreaterThan(0);
