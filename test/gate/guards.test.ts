import { expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { procedure } from '../../server/rpc/trpc.ts';
import { PERMISSIONS } from '../../shared/permissions.ts';

it('every procedure on the wire has a guard, and every permission that it asks for is one', () => {
  expect(builtInApi.procedures.size).toBeGreaterThan(10);
  for (const [name, { guard }] of builtInApi.procedures) {
    expect(guard.access, name).toMatch(/^(public|session|user|key|key-for-user|key-or-user|any)$/);
    if ('permission' in guard) expect(PERMISSIONS, name).toContain(guard.permission);
  }
});

it('every procedure declares what it takes, and what it answers where that is no stream', () => {
  for (const [name, procedure] of Object.entries(builtInApi.router._def.procedures)) {
    const { inputs, output, type } = (procedure as unknown as { _def: Declared })._def;
    expect(inputs.length, name).toBeGreaterThan(0);
    expect(output !== undefined, name).toBe(type !== 'subscription');
  }
});

interface Declared {
  readonly type: string;
  readonly inputs: readonly unknown[];
  readonly output?: unknown;
}

it('what anyone may call is what the design says, and no more', () => {
  const open = [...builtInApi.procedures]
    .filter(([, { guard }]) => guard.access === 'public')
    .map(([name]) => name);
  expect(open.sort()).toEqual(['auth.reset', 'auth.signIn', 'auth.signUp', 'health']);
});

it('a procedure without a guard, or with a wrong one, does not compile', () => {
  // The type check of the project is what tests these lines: each would be an error if it were not one.
  const wrong = [
    // @ts-expect-error no guard
    () => procedure(),
    // @ts-expect-error no such access
    () => procedure({ access: 'everyone' }),
    // @ts-expect-error a key without a permission
    () => procedure({ access: 'key' }),
    // @ts-expect-error a permission that is misspelt
    () => procedure({ access: 'key', permission: 'exemple:raed' }),
    // @ts-expect-error a wildcard is granted, never asked for
    () => procedure({ access: 'key', permission: 'exemple:*' }),
  ];
  expect(wrong).toHaveLength(5);
});
