import { describe, expect, test } from 'vitest';
import { covers, PERMISSION_FORM, PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';

describe('the form of a permission', () => {
  test.each([...PERMISSIONS, ...PERMISSIONS.map(wildcardOf)])('takes %s', (name) => {
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
  test('grants a permission that is named', () => {
    expect(covers(['keys:read'], 'keys:read')).toBe(true);
  });

  test('grants every verb of an area that is held as a whole', () => {
    expect(covers(['keys:*'], 'keys:read')).toBe(true);
    expect(covers(['keys:*'], 'keys:write')).toBe(true);
    expect(covers(['keys:*'], 'keys:*')).toBe(true);
  });

  test.each([
    { held: [], wanted: 'keys:read' },
    { held: ['keys:read'], wanted: 'keys:write' },
    { held: ['keys:read', 'keys:write'], wanted: 'keys:*' },
    { held: ['keys:*'], wanted: 'keysmith:read' },
    { held: ['keysmith:*'], wanted: 'keys:read' },
    { held: ['*:*'], wanted: 'keys:read' },
    { held: ['*'], wanted: 'keys:read' },
    { held: ['exemple:read'], wanted: 'exemple:rea' },
    { held: ['toString:*'], wanted: 'constructor:read' },
  ])('$held does not cover $wanted', ({ held, wanted }) => {
    expect(covers(held, wanted)).toBe(false);
  });
});
