import { expect, it } from 'vitest';
import { LastUsed } from '../../server/stores/credentials/last-used.ts';
import type { Db } from '../../server/stores/database/database.ts';

it('S7: a workspace with many keys does not make uses of the keys of another go unnoted', () => {
  const lastUsed = new LastUsed({} as Db);
  const note = (id: string, workspaceId: string, at: number) =>
    lastUsed.note({ id, payer: [workspaceId, workspaceId, id] }, at, false);
  for (let n = 0; n < 30_000; n++) note(`key ${n}`, 'busy', n);
  const { used, capacity } = lastUsed.occupancy;
  expect([used, capacity]).toEqual([10_000, 40_000]);
  note('key 7', 'busy', 9);
  for (let n = 0; n < 100; n++) note(`other ${n}`, 'other', n);
  expect(['key 29999', 'key 7', 'other 99'].map((id) => lastUsed.pending(id))).toEqual([null, 9, 99]);
});
