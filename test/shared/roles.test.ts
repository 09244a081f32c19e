import { describe, expect, test } from 'vitest';
import { PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';
import { effectivePermissions, outranks, ROLES, roleHolds } from '../../shared/roles.ts';

/** Every permission and every area, with the roles among owner, admin, developer and viewer that have them. */
const TABLE: Record<string, string> = {
  'keys:read': 'owner admin developer viewer',
  'keys:write': 'owner admin developer',
  'requests:verify': 'owner admin developer',
  'members:read': 'owner admin developer viewer',
  'members:write': 'owner admin',
  'workspaces:write': 'owner admin',
  'workspaces:delete': 'owner',
  'usage:read': 'owner admin developer viewer',
  'audit:read': 'owner admin',
  'exemple:read': 'owner admin developer viewer',
  'echo:write': 'owner admin developer',
  'profile:read': 'owner admin developer viewer',
  'clock:read': 'owner admin developer viewer',
  'upload:write': 'owner admin developer',

  'keys:*': 'owner admin developer',
  'requests:*': 'owner admin developer',
  'members:*': 'owner admin',
  'workspaces:*': 'owner',
  'usage:*': 'owner admin developer',
  'audit:*': 'owner admin',
  'exemple:*': 'owner admin developer',
  'echo:*': 'owner admin developer',
  'profile:*': 'owner admin developer',
  'clock:*': 'owner admin developer',
  'upload:*': 'owner admin developer',

  // Permissions of other services.
  'orders:read': 'owner admin developer viewer',
  'orders:write': 'owner admin developer',
  'orders:*': 'owner admin developer',
  'toString:read': 'owner admin developer viewer',
};

describe('the permissions of each role', () => {
  test('are tested with every permission and every area', () => {
    const named = [...PERMISSIONS, ...PERMISSIONS.map(wildcardOf)];
    expect(Object.keys(TABLE)).toEqual(expect.arrayContaining(named));
  });

  test('are exactly those of this table', () => {
    const table = Object.keys(TABLE).map((name) => [
      name,
      ROLES.filter((role) => roleHolds(role, name)).join(' '),
    ]);
    expect(Object.fromEntries(table)).toEqual(TABLE);
  });

  test('are never more than those of a higher role', () => {
    for (const [lower, higher] of [
      ['viewer', 'developer'],
      ['developer', 'admin'],
      ['admin', 'owner'],
    ] as const) {
      const more = Object.keys(TABLE).filter((name) => roleHolds(lower, name) && !roleHolds(higher, name));
      expect(more).toEqual([]);
    }
  });
});

test('a role outranks those after it, and not itself', () => {
  const pairs = ROLES.map((role) => ROLES.filter((other) => outranks(role, other)));
  expect(pairs).toEqual([['admin', 'developer', 'viewer'], ['developer', 'viewer'], ['viewer'], []]);
});

describe('the permissions of a caller', () => {
  test.each(ROLES)('are none for %s without a grant', (role) => {
    expect(effectivePermissions(PERMISSIONS, [], role)).toEqual([]);
  });

  test('are none without a role', () => {
    expect(effectivePermissions(PERMISSIONS, PERMISSIONS, null)).toEqual([]);
  });

  test('are those of the grant, if the role has them', () => {
    expect(effectivePermissions(PERMISSIONS, ['exemple:read', 'echo:write'], 'developer')).toEqual([
      'exemple:read',
      'echo:write',
    ]);
  });

  test('are those that grant and role have in common', () => {
    expect(effectivePermissions(PERMISSIONS, ['keys:*', 'echo:write'], 'viewer')).toEqual(['keys:read']);
    expect(effectivePermissions(PERMISSIONS, ['workspaces:*', 'members:*'], 'admin')).toEqual([
      'members:read',
      'members:write',
      'workspaces:write',
    ]);
  });

  test('are never unknown ones', () => {
    expect(effectivePermissions(['keys:read'], ['keys:*', 'other:read'], 'owner')).toEqual(['keys:read']);
  });
});
