import { onCleanup } from '../processes/cleanup.ts';
import { cpuOf, memoryOf } from '../processes/proc.ts';
import { startServer } from '../processes/server-process.ts';
import { rowOf } from './flood-row.ts';
import { type FloodedService, startFlood, startHonest } from './flooded-service.ts';
import type { PhaseSeconds } from './phases.ts';
import type { Setting } from './setting.ts';

/** Floods a service behind a guard while its Keyseal hangs. Measures honest calls before and after. */
export async function floodGuard(keyseal: FloodedService, setting: Setting, phases: PhaseSeconds) {
  // One key for both: a key that may call `verify` may also call, in the same workspace.
  const guardKey = setting.participants.honest.first;
  const { port, pid, stop } = await startServer('express', {
    BENCH_KEYSEAL_PORT: String(keyseal.port),
    BENCH_API_KEY: guardKey.apiKey,
    BENCH_SIGNING_SECRET: guardKey.signingSecret,
    BENCH_KEYSEAL_HANGS: 'yes',
  });
  const target: Setting = { ...setting, port, at: 'guard' };
  const [honest, flooding] = await Promise.all([startHonest(target), startFlood(target)]);
  await honest.call(phases.warmUp);
  const quiet = await honest.call(phases.quiet);
  const [begun, before, memoryBefore] = [performance.now(), cpuOf(pid), memoryOf(pid).now];
  const flooded = await whileStopped(keyseal.pid, async () => {
    await flooding.begin();
    await honest.call(phases.swell + phases.under);
    return flooding.end();
  });
  const seconds = (performance.now() - begun) / 1000;
  const cpu = (cpuOf(pid) - before) / 1e6 / seconds;
  const grown = memoryOf(pid).most - memoryBefore;
  // Calls that are due in the first half second wait for Keyseal, with a flood or without one.
  await honest.call(phases.warmUp);
  const under = await honest.call(phases.under);
  await Promise.all([honest.stop(), flooding.stop(), stop()]);
  return { ...rowOf({ quiet, under, flooded, seconds, cpu }), grown };
}

/** Stops a process (SIGSTOP) while something runs, so that it neither answers nor refuses. */
async function whileStopped<T>(pid: number, run: () => Promise<T>): Promise<T> {
  const goOn = () => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // The process has ended.
    }
  };
  onCleanup(goOn);
  process.kill(pid, 'SIGSTOP');
  return run().finally(goOn);
}
