import { describe, expect, test } from 'vitest';
import { PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';
import { effective, ROLES, roleHolds } from '../../shared/roles.ts';

const READS = PERMISSIONS.filter((name) => name.endsWith(':read'));
const WRITES = PERMISSIONS.filter((name) => !name.endsWith(':read'));

describe('a role', () => {
  test.each(['owner', 'admin', 'developer'] as const)('of %s holds everything', (role) => {
    expect(PERMISSIONS.filter((name) => roleHolds(role, name))).toEqual([...PERMISSIONS]);
    expect(roleHolds(role, 'keys:*')).toBe(true);
  });

  test('of a viewer holds reading', () => {
    expect(PERMISSIONS.filter((name) => roleHolds('viewer', name))).toEqual(READS);
    expect(WRITES.length).toBeGreaterThan(0);
  });

  test('of a viewer holds no area as a whole', () => {
    expect(PERMISSIONS.map(wildcardOf).filter((name) => roleHolds('viewer', name))).toEqual([]);
  });
});

describe('what a caller may do', () => {
  test.each(ROLES)('is nothing for %s where nothing is granted', (role) => {
    expect(effective(PERMISSIONS, [], role)).toEqual([]);
  });

  test('is nothing without a role', () => {
    expect(effective(PERMISSIONS, PERMISSIONS, null)).toEqual([]);
  });

  test('is the grant, where the role holds it', () => {
    expect(effective(PERMISSIONS, ['exemple:read', 'echo:write'], 'developer')).toEqual([
      'exemple:read',
      'echo:write',
    ]);
  });

  test('is what grant and role have in common', () => {
    expect(effective(PERMISSIONS, ['keys:*', 'echo:write'], 'viewer')).toEqual(['keys:read']);
  });

  test('is nothing beyond the vocabulary', () => {
    expect(effective(['keys:read'], ['keys:*', 'other:read'], 'owner')).toEqual(['keys:read']);
  });
});
