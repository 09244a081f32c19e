import type { Plan } from '../plan.ts';
import { runFolder } from '../processes/folder.ts';
import { forkFile } from '../processes/forked.ts';
import type { Memory } from '../processes/servers/child.ts';
import type { Part } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

/** Memory is measured after each of these fills: a store that grows in steps uses most right after one. */
const FILLS = 5;
/** Calls before the first measurement, so that it includes what is created once. */
const FIRST = 1_000;

/** The memory of each nonce in a process. */
export async function holdNonces({ nonces }: Plan): Promise<Part> {
  const env = { BENCH_FOLDER: await runFolder() };
  const service = await forkFile(new URL('../processes/inside/nonces.js', import.meta.url), env);
  // A key may hold no more than `nonces`.
  const share = Math.floor((nonces - FIRST) / FILLS);
  const before = await service.request<Memory>({ count: FIRST });
  let outstanding = 0;
  const each: number[] = [];
  for (let fill = 0; fill < FILLS; fill++) {
    const after = await service.request<Memory>({ count: share });
    const bytes = after.heap + after.external - before.heap - before.external;
    outstanding = after.outstanding;
    each.push(bytes / (outstanding - before.outstanding));
  }
  await service.stop();
  return {
    title: `${count(share)} nonces at a time, ${count(outstanding)} of one key held at the end`,
    rows: [rowOf('heap and beside it, of each nonce', 'bytes', each, 'memory of a nonce')],
  };
}
