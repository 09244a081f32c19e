import { describe, expect, test } from 'vitest';
import { covers, PERMISSION_FORM, PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';

describe('the form of a permission', () => {
  test.each([...PERMISSIONS, ...PERMISSIONS.map(wildcardOf)])('accepts %s', (name) => {
    expect(name).toMatch(PERMISSION_FORM);
  });

  test.each([
    '',
    '*',
    '*:*',
    '*:read',
    'keys',
    'keys:',
    ':read',
    'Keys:read',
    'keys:Read',
    'keys:re*',
    'keys:**',
    'keys:read:write',
    'keys read',
    ' keys:read',
    'keys:read ',
    'keys:read\n',
    '-keys:read',
    '1keys:read',
    'clés:read',
    `${'a'.repeat(33)}:read`,
    `keys:${'a'.repeat(33)}`,
  ])('refuses %j', (name) => {
    expect(name).not.toMatch(PERMISSION_FORM);
  });
});

describe('covers', () => {
  test('covers a permission that is listed', () => {
    expect(covers(['keys:read'], 'keys:read')).toBe(true);
  });

  test('covers every verb of an area that is granted completely', () => {
    expect(covers(['keys:*'], 'keys:read')).toBe(true);
    expect(covers(['keys:*'], 'keys:write')).toBe(true);
    expect(covers(['keys:*'], 'keys:*')).toBe(true);
  });

  test.each([
    { granted: [], wanted: 'keys:read' },
    { granted: ['keys:read'], wanted: 'keys:write' },
    { granted: ['keys:read', 'keys:write'], wanted: 'keys:*' },
    { granted: ['keys:*'], wanted: 'keysmith:read' },
    { granted: ['keysmith:*'], wanted: 'keys:read' },
    { granted: ['*:*'], wanted: 'keys:read' },
    { granted: ['*'], wanted: 'keys:read' },
    { granted: ['exemple:read'], wanted: 'exemple:rea' },
    { granted: ['toString:*'], wanted: 'constructor:read' },
  ])('$granted does not cover $wanted', ({ granted, wanted }) => {
    expect(covers(granted, wanted)).toBe(false);
  });
});
