import { expect, test } from 'vitest';
import { OutstandingNonces } from '../../server/stores/replay/outstanding-nonces.ts';

/** Adds nonces until there is no more room. */
function fill(nonces: OutstandingNonces, k: string, workspace: string): number {
  let added = 0;
  for (; nonces.hasRoom(k, workspace); added++) nonces.add(k, workspace, 1_000);
  return added;
}

test('S6: no workspace takes the room of another, however many keys it has', () => {
  const nonces = new OutstandingNonces({ perKey: 300, total: 1_200 });
  expect([fill(nonces, 'a1', 'a'), fill(nonces, 'a2', 'a'), fill(nonces, 'a3', 'a')]).toEqual([300, 300, 0]);
  expect(fill(nonces, 'b1', 'b')).toBe(300);
  expect(fill(nonces, 'c1', 'c')).toBe(150);
  expect(nonces.hasRoom('d1', 'd')).toBe(true);
});

test('a workspace has its room back once its nonces are forgotten', () => {
  const nonces = new OutstandingNonces({ perKey: 10, total: 20 });
  fill(nonces, 'a', 'w');
  nonces.forget(999);
  expect(nonces.hasRoom('a', 'w')).toBe(false);
  nonces.forget(1_100);
  expect([nonces.hasRoom('a', 'w'), nonces.occupancy.used]).toEqual([true, 0]);
});
