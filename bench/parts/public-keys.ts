import type { Plan } from '../plan.ts';
import { forkFile } from '../processes/forked.ts';
import type { Memory } from '../processes/servers/child.ts';
import type { Part } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

/** The memory of a cached public key, measured on the whole process: OpenSSL keeps its part outside of what V8 reports. */
export async function holdPublicKeys({ publicKeys }: Plan): Promise<Part> {
  const file = new URL('../processes/inside/public-keys.js', import.meta.url);
  const holder = await forkFile<{ kinds: string[] }>(file);
  const { kinds } = holder.ready;
  const each: [kind: string, bytes: number][] = [];
  for (const kind of kinds) {
    // The first two fills grow what all later ones use: the second lets go of as many imported keys as it imports, and OpenSSL's part of
    // them waits for the garbage collector.
    await holder.request<Memory>({ kind, count: publicKeys });
    const before = await holder.request<Memory>({ kind, count: publicKeys });
    const after = await holder.request<Memory>({ kind, count: publicKeys });
    each.push([kind, (after.rss - before.rss) / publicKeys]);
  }
  await holder.stop();
  const most = Math.max(...each.map(([, bytes]) => bytes));
  return {
    title: `${count(publicKeys)} public keys of each kind, each used once`,
    rows: [
      ...each.map(([kind, bytes]) => rowOf(`resident, of each key of ${kind}`, 'bytes', [bytes])),
      rowOf('the most', 'bytes', [most], 'memory of a public key'),
    ],
  };
}
