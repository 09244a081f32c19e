import type { TRPCError, TRPCRouterRecord } from '@trpc/server';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Caller,
  type Context,
  type CustomGuard,
  createProcedure,
  createService,
  type KeysealService,
  type Reason,
  Refusal,
  type RefusalDetails,
  type Running,
  type ServiceOptions,
} from '../../sdk/index.ts';

describe('a service', () => {
  it('is created from procedures, permissions and variables', () => {
    expectTypeOf(createService).toEqualTypeOf<(options: ServiceOptions) => KeysealService>();
    expectTypeOf<keyof ServiceOptions>().toEqualTypeOf<'routes' | 'permissions' | 'config'>();
    expectTypeOf<ServiceOptions['routes']>().toEqualTypeOf<TRPCRouterRecord>();
    expectTypeOf<ServiceOptions['permissions']>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<{ PORT: string }>().toExtend<NonNullable<ServiceOptions['config']>>();
    expectTypeOf<{ PORT: number }>().not.toExtend<NonNullable<ServiceOptions['config']>>();
  });

  it('starts, runs the command line, and stops', () => {
    expectTypeOf<KeysealService>().toEqualTypeOf<{
      start(): Promise<Running>;
      run(args?: readonly string[]): Promise<void>;
    }>();
    expectTypeOf<Running>().toEqualTypeOf<{
      readonly url: string;
      readonly port: number;
      stop(): Promise<void>;
    }>();
  });
});

describe('a procedure', () => {
  const permissions = ['notes:write'] as const;
  const procedure = createProcedure(permissions);

  it('needs a guard', () => {
    type NotesGuard = CustomGuard<'notes:write'>;
    expectTypeOf<NotesGuard['access']>().toEqualTypeOf<
      'user' | 'any' | 'key' | 'key-for-user' | 'key-or-user'
    >();
    expectTypeOf<
      Extract<NotesGuard, { readonly permission: string }>['permission']
    >().toEqualTypeOf<'notes:write'>();
    expectTypeOf<{ access: 'public' }>().not.toExtend<NotesGuard>();
    expectTypeOf<{ access: 'key' }>().not.toExtend<NotesGuard>();
    // @ts-expect-error: an unknown permission
    procedure({ access: 'key', permission: 'notes:writ' });
    // @ts-expect-error: a member that no guard has
    procedure({ access: 'key', permission: 'notes:write', costs: 2 });
  });

  it('has the type of its caller from the guard', () => {
    procedure({ access: 'key', permission: 'notes:write' }).query(({ ctx }) => {
      expectTypeOf(ctx.caller).toEqualTypeOf<Extract<Caller, { kind: 'key' }>>();
      expectTypeOf(ctx.request).toEqualTypeOf<Context['request']>();
    });
    procedure({ access: 'user' }).query(({ ctx }) => {
      expectTypeOf(ctx.caller).toEqualTypeOf<Extract<Caller, { kind: 'user' }>>();
    });
  });

  it('has a context', () => {
    expectTypeOf<keyof Context>().toEqualTypeOf<'caller' | 'request' | 'cookies' | 'limits' | 'service'>();
    expectTypeOf<Context['caller']>().toEqualTypeOf<Caller | null>();
    expectTypeOf<Context['request']['id']>().toEqualTypeOf<string>();
    expectTypeOf<Context['request']['address']>().toEqualTypeOf<string | null>();
    expectTypeOf<Context['service']>().toHaveProperty('log');
    expectTypeOf<Context['service']['log']['info']>().toBeFunction();
    expectTypeOf<Caller['kind']>().toEqualTypeOf<'key' | 'user' | 'session'>();
    expectTypeOf<Caller['workspaceId']>().toEqualTypeOf<string>();
  });

  it('refuses with a reason of a closed list', () => {
    expectTypeOf(Refusal).toBeConstructibleWith('CONFLICT');
    expectTypeOf(Refusal).toBeConstructibleWith('RATE_LIMITED', { retryAfter: 1 });
    expectTypeOf(Refusal).instance.toExtend<TRPCError>();
    expectTypeOf<Refusal['reason']>().toEqualTypeOf<Reason>();
    expectTypeOf<Refusal['details']>().toEqualTypeOf<RefusalDetails>();
    expectTypeOf<Refusal['status']>().toEqualTypeOf<number>();
    expectTypeOf<string>().not.toExtend<Reason>();
    expectTypeOf<keyof RefusalDetails>().toEqualTypeOf<
      'missing' | 'limit' | 'remaining' | 'resetAt' | 'retryAfter' | 'clock' | 'debug' | 'issues'
    >();
    expectTypeOf<RefusalDetails['retryAfter']>().toEqualTypeOf<number | undefined>();
  });
});
