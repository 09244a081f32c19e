import { expect, test } from 'vitest';
import { unusedPermissions } from '../../web/key-model/unused-permissions.ts';

const NEEDS = new Map([
  ['exemple', 'exemple:read'],
  ['echo', 'echo:write'],
  ['keys.list', 'keys:read'],
  ['keys.create', 'keys:write'],
  ['whoami', null],
]);
const calls = (...names: string[]) => names.map((procedure) => ({ procedure, accepted: 1 }));

test('names the permissions that no accepted call needed', () => {
  const held = ['exemple:read', 'echo:write'];
  expect(unusedPermissions(held, calls('exemple', 'whoami'), NEEDS)).toEqual(['echo:write']);
  expect(unusedPermissions(held, [{ procedure: 'echo', accepted: 0 }], NEEDS)).toEqual(held);
  expect(unusedPermissions(held, calls('exemple', 'echo'), NEEDS)).toEqual([]);
});

test('an area is used if one of its permissions is', () => {
  expect(unusedPermissions(['keys:*'], calls('keys.list'), NEEDS)).toEqual([]);
  expect(unusedPermissions(['keys:*'], calls('exemple'), NEEDS)).toEqual(['keys:*']);
});

test('says nothing about permissions that only other services ask for', () => {
  expect(unusedPermissions(['notes:write'], calls('exemple'), NEEDS)).toEqual([]);
});
