import { cpuOf } from '../processes/proc.ts';
import { COLD_PER_SECOND } from './callers.ts';
import { type DatabaseName, type FloodRow, rowOf } from './flood-row.ts';
import { openScene, type Scene, startFlood, startHonest } from './flooded-service.ts';
import { type FloodName, floodOf } from './floods.ts';
import type { Stretch } from './phases.ts';
import { floodGuard } from './run-guard.ts';
import type { Setting } from './setting.ts';
import type { Target } from './target.ts';

/** No flood sends more than this, however long it takes. */
const MOST = 50_000;

/** Measures honest callers, first undisturbed, then beside a flood. @param more overrides of the flood's target */
export async function runFlood(
  flood: FloodName,
  database: DatabaseName,
  stretch: Stretch,
  more: Pick<Target, 'perSecond' | 'networks'> = {},
): Promise<FloodRow> {
  const { records = 0, at } = floodOf(flood);
  const seconds = stretch.warmUp + stretch.quiet + stretch.swell + stretch.under;
  const scene = await openScene(database, { cold: Math.ceil(seconds * COLD_PER_SECOND), records });
  const { port, world } = scene;
  const setting = { port, authority: `localhost:${port}`, world, most: MOST, flood, ...more };
  const run = at === 'guard' ? floodGuard : floodKeyseal;
  const row = await run(scene, setting, stretch);
  await scene.stop();
  return { flood, database, ...row };
}

async function floodKeyseal({ pid }: Scene, setting: Setting, stretch: Stretch) {
  const [honest, flooding] = await Promise.all([startHonest(setting), startFlood(setting)]);
  await honest.call(stretch.warmUp);
  const quiet = await honest.call(stretch.quiet);
  const [begun, before] = [performance.now(), cpuOf(pid)];
  await flooding.begin();
  await honest.call(stretch.swell);
  const under = await honest.call(stretch.under);
  const seconds = (performance.now() - begun) / 1000;
  const cpu = (cpuOf(pid) - before) / 1e6 / seconds;
  const flooded = await flooding.end();
  await Promise.all([honest.stop(), flooding.stop()]);
  return rowOf({ quiet, under, flooded, seconds, cpu });
}
