import type { FloodName } from './floods.ts';
import type { Flood, Target } from './target.ts';

/** The setting that a flood's process and its honest callers' process start with. */
export interface Setting extends Target {
  readonly at?: Flood['at'];
  readonly flood: FloodName;
}

const VARIABLE = 'BENCH_FLOOD';

export const environmentFor = (setting: Setting): Record<string, string> => ({
  [VARIABLE]: JSON.stringify(setting),
});

/** The setting of this process. */
export const settingOf = (): Setting => JSON.parse(process.env[VARIABLE] ?? '');
