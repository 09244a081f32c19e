import { pin } from './cores.ts';
import { runFolder } from './folder.ts';
import { forkFile } from './forked.ts';
import type { Plan } from './plan.ts';
import type { Part } from './result.ts';
import type { Took } from './rounds.ts';
import { rowOf } from './rows.ts';

const IN_FLIGHT = 64;
const KINDS = { 'a key': 'admitted', 'a key for a user': undefined } as const;

/** `gate.admit` of a running service, without HTTP: bearer, signature, nonce, and the user token where one is sent. */
export async function admitInProcess({ admit: { rounds, calls } }: Plan): Promise<Part> {
  const env = { BENCH_FOLDER: await runFolder() };
  const service = await forkFile(new URL('./inside/admission.js', import.meta.url), env);
  const unpin = pin([service.pid]);
  const ask = (kind: string) => service.ask<Took>({ kind, calls, inFlight: IN_FLIGHT });
  const took = Object.entries(KINDS).map(([kind, aim]) => ({ kind, aim, took: [] as Took[] }));
  for (const { kind } of took) await ask(kind);
  for (let round = 0; round < rounds; round++) {
    for (const each of took) each.took.push(await ask(each.kind));
  }
  unpin();
  await service.stop();
  return {
    title: `admission in process, warm, ${IN_FLIGHT} in flight, nonces in memory, ${rounds} rounds`,
    rows: took.flatMap(({ kind, aim, took }) => [
      rowOf(
        kind,
        'calls/s per core',
        took.map(({ cpu }) => calls / cpu),
        aim,
      ),
      rowOf(
        `${kind}, of time`,
        'calls/s',
        took.map(({ wall }) => calls / wall),
      ),
    ]),
  };
}
