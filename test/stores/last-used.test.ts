import { expect, it } from 'vitest';
import type { Db } from '../../server/stores/database.ts';
import { LastUsed } from '../../server/stores/last-used.ts';

it('the last uses that wait to be written are bounded: beyond the bound a use goes unnoted', () => {
  const lastUsed = new LastUsed({} as Db);
  for (let n = 0; n < 20_000; n++) lastUsed.note(`key ${n}`, n, false);
  lastUsed.note('one more', 1, false);
  lastUsed.note('key 7', 9, false);
  expect([lastUsed.pending('one more'), lastUsed.pending('key 7')]).toEqual([null, 9]);
});
