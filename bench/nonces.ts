import { runFolder } from './folder.ts';
import { forkFile } from './forked.ts';
import type { Plan } from './plan.ts';
import type { Part } from './result.ts';
import { rowOf } from './rows.ts';
import type { Memory } from './servers/child.ts';
import { count } from './spread.ts';

/** Fills of one process: each adds as many, so that what is there once is told from what each nonce takes. */
const FILLS = 3;

/** What each nonce takes that is kept in the memory of a process. */
export async function holdNonces({ nonces }: Plan): Promise<Part> {
  const env = { BENCH_FOLDER: await runFolder() };
  const service = await forkFile(new URL('./inside/nonces.js', import.meta.url), env);
  const share = Math.round(nonces / FILLS);
  let before = await service.ask<Memory>({ count: share });
  const each: number[] = [];
  for (let fill = 0; fill < FILLS; fill++) {
    const after = await service.ask<Memory>({ count: share });
    const bytes = after.heap + after.external - before.heap - before.external;
    each.push(bytes / (after.held - before.held));
    before = after;
  }
  await service.stop();
  return {
    title: `${count(share)} nonces at a time, ${count(before.held)} of one key held at the end`,
    rows: [rowOf('heap and beside it, of each nonce', 'bytes', each, 'memory of a nonce')],
  };
}
