import { expect, test } from 'vitest';
import { OutstandingNonces } from '../../server/stores/replay/outstanding-nonces.ts';

/** Adds nonces until no more fit. */
function fill(nonces: OutstandingNonces, k: string, workspace: string): number {
  let added = 0;
  for (; nonces.hasRoom(k, [workspace, workspace, k]); added++)
    nonces.add(k, [workspace, workspace, k], 1_000);
  return added;
}

test('S6: no workspace takes the share of another, with any number of keys', () => {
  const nonces = new OutstandingNonces({ perKey: 300, total: 1_200 });
  expect([fill(nonces, 'a1', 'a'), fill(nonces, 'a2', 'a'), fill(nonces, 'a3', 'a')]).toEqual([300, 300, 0]);
  expect(fill(nonces, 'b1', 'b')).toBe(300);
  expect(fill(nonces, 'c1', 'c')).toBe(150);
  expect(nonces.hasRoom('d1', ['d', 'd', 'd1'])).toBe(true);
});

test('a workspace has its room back once its nonces are forgotten', () => {
  const nonces = new OutstandingNonces({ perKey: 10, total: 20 });
  fill(nonces, 'a', 'w');
  nonces.forget(999);
  expect(nonces.hasRoom('a', ['w', 'w', 'a'])).toBe(false);
  nonces.forget(1_100);
  expect([nonces.hasRoom('a', ['w', 'w', 'a']), nonces.occupancy.used]).toEqual([true, 0]);
});

test('12: the workspaces of one person share the person’s quota, and leave room for each other', () => {
  const nonces = new OutstandingNonces({ perKey: 400, total: 1_600 });
  const fillIn = (k: string, workspace: string, sponsor: string) => {
    let added = 0;
    for (; nonces.hasRoom(k, [sponsor, workspace, k]); added++) nonces.add(k, [sponsor, workspace, k], 1_000);
    return added;
  };
  const guests = fillIn('a1', 'a', 'person') + fillIn('a2', 'a', 'person') + fillIn('a3', 'a', 'person');
  expect(guests).toBe(600);
  expect(fillIn('b1', 'b', 'person')).toBe(150);
  for (let n = 0; n < 20; n++) fillIn(`c${n}`, `c${n}`, 'person');
  expect(nonces.occupancy.used).toBeLessThanOrEqual(800);
  expect(fillIn('d1', 'd', 'other')).toBe(300);
  nonces.forget(2_000);
  expect([fillIn('a1', 'a', 'person'), nonces.occupancy.used]).toEqual([400, 400]);
});
