import { describe, expect, it } from 'vitest';
import { createGuard, type GuardOptions, permitted } from '../../client/guard/index.ts';

const OPTIONS: GuardOptions = {
  url: 'https://keyseal.example.com',
  apiKey: `ks_test_${'a'.repeat(40)}`,
  signingSecret: `kss_${'a'.repeat(43)}`,
  authority: 'shop.example.com',
};
const WRONG: readonly [member: string, asked: object][] = [
  ['permision', { permision: 'orders:write' }],
  ['permission', { permission: undefined }],
  ['permission', { permission: 'orders' }],
  ['permission', { permission: 'orders:*' }],
  ['user', { user: 'yes' }],
  ['cost', { cost: -1 }],
  ['cost', { cost: 1.5 }],
  ['limit', { limit: { name: 'a', limit: 1 } }],
];

describe('the requirements of a guard', () => {
  it.each(WRONG)('names %s if it is wrong: %j', async (member, asked) => {
    const { checkRequirements } = await import('../../client/guard/requirements.ts');
    expect(() => checkRequirements(asked)).toThrow(TypeError);
    expect(() => checkRequirements(asked)).toThrow(
      new RegExp(`^${member} is .*(: it must be|which accepts) `),
    );
  });

  class Rules {
    get permission() {
      return 'orders:write';
    }
  }
  it.each<[string, () => unknown]>([
    ['a promise that was not awaited', () => Promise.resolve({ permission: 'orders:write' })],
    ['a Map', () => new Map([['permission', 'orders:write']])],
    ['a Set', () => new Set(['orders:write'])],
    ['a boxed string', () => Object('orders:write')],
    ['a RegExp', () => /orders:write/],
    ['a list', () => ['orders:write']],
    ['an instance with getters', () => new Rules()],
    ['inherited properties', () => Object.create({ permission: 'orders:write' })],
    ['a symbol as a property name', () => ({ [Symbol('permission')]: 'orders:write' })],
    [
      'a property that is not enumerable',
      () => Object.defineProperty({}, 'permission', { value: 'orders:write' }),
    ],
    ['null', () => null],
  ])('A9: refuses %s, whose properties the check cannot see', async (_, make) => {
    const { checkRequirements } = await import('../../client/guard/requirements.ts');
    expect(() => checkRequirements(make() as object)).toThrow(TypeError);
    expect(() => createGuard(OPTIONS).express(make() as object)).toThrow(TypeError);
  });

  it('may be empty, or a well-formed limit', async () => {
    const { checkRequirements } = await import('../../client/guard/requirements.ts');
    expect(checkRequirements({})).toEqual({});
    const asked = { user: true, cost: 0, limit: { name: 'a', limit: 1, windowSeconds: 60 } };
    expect(checkRequirements(asked)).toEqual(asked);
  });

  it.each([undefined, 'orders', 'orders:*'])('refuses permitted(%j)', (permission) => {
    expect(() => permitted(permission as string)).toThrow(/^permission is .*area:verb/);
  });

  it.each(['maxBdy', 'autority'])('refuses the option %s', (name) => {
    expect(() => createGuard({ ...OPTIONS, [name]: 1 })).toThrow(new RegExp(`^${name} is not an option`));
  });

  it('refuses an option that is undefined', () => {
    const options = { ...OPTIONS, maxBody: undefined } as unknown as GuardOptions;
    expect(() => createGuard(options)).toThrow(/^maxBody is undefined/);
  });
});
