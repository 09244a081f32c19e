import { runFolder } from '../processes/folder.ts';
import { type Forked, forkFile } from '../processes/forked.ts';
import { newDatabase } from '../processes/postgres.ts';
import { type ServerProcess, serverProcess } from '../processes/server-process.ts';
import type { Started } from '../processes/servers/child.ts';
import type { Seeds } from './create-participants.ts';
import type { Flooded } from './flood-process.ts';
import type { DatabaseName } from './flood-row.ts';
import type { HonestResults } from './open-loop.ts';
import type { Participants } from './participants.ts';
import { environmentFor, type Setting } from './setting.ts';

/** A fresh Keyseal on a fresh database, with the callers of a flood. */
export interface FloodedService extends ServerProcess {
  readonly participants: Participants;
}

let databases = 0;

export async function startFloodedService(database: DatabaseName, seeds: Seeds): Promise<FloodedService> {
  const url = database === 'postgres' ? await newDatabase(`flooded_${++databases}`) : '';
  const forked = await forkFile<Started & { participants: Participants }>(
    new URL('../processes/servers/keyseal-flooded.js', import.meta.url),
    { BENCH_FOLDER: await runFolder(), BENCH_DATABASE_URL: url, BENCH_SEEDS: JSON.stringify(seeds) },
  );
  return { ...serverProcess(forked), participants: forked.ready.participants };
}

/** Honest callers, in a separate process. */
export async function startHonest(setting: Setting) {
  const { request, stop } = await startProcess('honest-process', setting);
  return { call: (seconds: number) => request<HonestResults>({ seconds }), stop };
}

/** A flood, in its own process, which waits for the signal to begin. */
export async function startFlood(setting: Setting) {
  const { request, stop } = await startProcess('flood-process', setting);
  return { begin: () => request('begin'), end: () => request<Flooded>('end'), stop };
}

const startProcess = (name: string, setting: Setting): Promise<Forked<object>> =>
  forkFile(new URL(`./${name}.js`, import.meta.url), environmentFor(setting));
