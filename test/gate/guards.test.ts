import { expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { procedure } from '../../server/rpc/trpc.ts';
import { PERMISSIONS } from '../../shared/permissions.ts';

it('every procedure on the wire has a guard, and requires only known permissions', () => {
  expect(builtInApi.procedures.size).toBeGreaterThan(10);
  for (const [name, { guard }] of builtInApi.procedures) {
    expect(guard.access, name).toMatch(/^(public|session|user|key|key-for-user|key-or-user|any)$/);
    if ('permission' in guard) expect(PERMISSIONS, name).toContain(guard.permission);
  }
});

it('every procedure declares its input, and its output unless it is a stream', () => {
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

it('the public procedures are those of the design only', () => {
  const open = [...builtInApi.procedures]
    .filter(([, { guard }]) => guard.access === 'public')
    .map(([name]) => name);
  expect(open.sort()).toEqual([
    ...['auth.finishSignIn', 'auth.reset', 'auth.signIn', 'auth.signInWithCode'],
    ...['auth.signInWithPasskey', 'auth.signUp', 'auth.startPasskeySignIn', 'auth.startSignIn', 'health'],
    ...['invitations.preview', 'keys.exchange'],
  ]);
});

it('a procedure without a guard, or with a wrong one, does not compile', () => {
  // The project's type check tests these lines: each expects an error, and a line without one fails it.
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

it('A5: a guard whose members a check would not see is refused where it is declared', () => {
  const guards: unknown[] = [Promise.resolve({ access: 'key' }), new Map(), Object.create({ access: 'key' })];
  for (const guard of guards) expect(() => procedure(guard as never)).toThrow(/must be a plain object/);
});
