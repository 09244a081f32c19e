import { cpuOf } from '../processes/proc.ts';
import { COLD_PER_SECOND } from './callers.ts';
import { type DatabaseName, type FloodRow, rowOf } from './flood-row.ts';
import { type FloodedService, startFlood, startFloodedService, startHonest } from './flooded-service.ts';
import { type FloodName, floodOf } from './floods.ts';
import type { PhaseSeconds } from './phases.ts';
import { floodGuard } from './run-guard.ts';
import type { Setting } from './setting.ts';
import type { Target } from './target.ts';

/** No flood sends more than this, however long it takes. */
const MAX_REQUESTS = 50_000;

/** Measures honest callers, first undisturbed, then during a flood. @param more overrides of the flood's target */
export async function runFlood(
  flood: FloodName,
  database: DatabaseName,
  phases: PhaseSeconds,
  more: Pick<Target, 'perSecond' | 'networks'> = {},
): Promise<FloodRow> {
  const { records = 0, at } = floodOf(flood);
  const seconds = phases.warmUp + phases.quiet + phases.swell + phases.under;
  const service = await startFloodedService(database, {
    cold: Math.ceil(seconds * COLD_PER_SECOND),
    records,
  });
  const { port, participants } = service;
  const setting = { port, authority: `localhost:${port}`, participants, max: MAX_REQUESTS, flood, ...more };
  const run = at === 'guard' ? floodGuard : floodKeyseal;
  const row = await run(service, setting, phases);
  await service.stop();
  return { flood, database, ...row };
}

async function floodKeyseal({ pid }: FloodedService, setting: Setting, phases: PhaseSeconds) {
  const [honest, flooding] = await Promise.all([startHonest(setting), startFlood(setting)]);
  await honest.call(phases.warmUp);
  const quiet = await honest.call(phases.quiet);
  const [begun, before] = [performance.now(), cpuOf(pid)];
  await flooding.begin();
  await honest.call(phases.swell);
  const under = await honest.call(phases.under);
  const seconds = (performance.now() - begun) / 1000;
  const cpu = (cpuOf(pid) - before) / 1e6 / seconds;
  const flooded = await flooding.end();
  await Promise.all([honest.stop(), flooding.stop()]);
  return rowOf({ quiet, under, flooded, seconds, cpu });
}
