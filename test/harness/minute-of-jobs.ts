import { pino } from 'pino';
import { vi } from 'vitest';
import { startJobs } from '../../server/app/jobs.ts';
import { MINUTE_MS } from '../../shared/durations.ts';
import type { TestService } from './service.ts';

/** Runs the jobs of a service that are due within a minute, in addition to its own timers, until a condition holds. */
export async function afterMinuteOfJobs(
  { running }: TestService,
  condition: () => Promise<unknown>,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = startJobs(running.service.stores, pino({ enabled: false }));
  try {
    vi.advanceTimersByTime(MINUTE_MS);
    vi.useRealTimers();
    await condition();
  } finally {
    vi.useRealTimers();
    await stop();
  }
}
