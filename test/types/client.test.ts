import type { TRPCClient } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Credentials,
  createKeysealClient,
  type KeyCredentials,
  type KeysealClient,
  type KeysealClientOptions,
  KeysealRefusal,
  type KeysealRouter,
  type KeysealSession,
  type Permission,
  type ProcedureGuard,
  type Reason,
  type RefusalData,
  type RouterOf,
  type Routes,
  type SessionCredentials,
  type SharedSession,
  signRequest,
} from '../../client/index.ts';

// The compiler checks these: `tsc` fails where a type became `any`, or lost, gained or changed a member.

describe('a client', () => {
  it('is made from options, for the procedures of the service or for others', () => {
    expectTypeOf(createKeysealClient).toBeFunction();
    expectTypeOf(createKeysealClient<Routes>).parameters.toEqualTypeOf<[KeysealClientOptions]>();
    expectTypeOf(createKeysealClient<Routes>).returns.toEqualTypeOf<KeysealClient>();
    expectTypeOf<KeysealClient>().toEqualTypeOf<TRPCClient<KeysealRouter>>();
    expectTypeOf<KeysealRouter>().toEqualTypeOf<RouterOf<Routes>>();
    expectTypeOf<RouterOf<Routes>>().not.toBeAny();
  });

  it('takes a key with its signing secret, a session, both or neither', () => {
    expectTypeOf<keyof KeysealClientOptions>().toEqualTypeOf<
      'url' | 'apiKey' | 'signingSecret' | 'session' | 'onSessionChange' | 'fetch'
    >();
    expectTypeOf<KeysealClientOptions['url']>().toEqualTypeOf<string>();
    expectTypeOf<KeysealClientOptions['session']>().toEqualTypeOf<
      KeysealSession | SharedSession | null | undefined
    >();
    expectTypeOf<NonNullable<KeysealClientOptions['onSessionChange']>>().toEqualTypeOf<
      (session: KeysealSession | null) => void
    >();
    expectTypeOf<{ url: string }>().toExtend<KeysealClientOptions>();
    expectTypeOf<{ url: string; apiKey: string; signingSecret: string }>().toExtend<KeysealClientOptions>();
    expectTypeOf<{ url: string; apiKey: string }>().not.toExtend<KeysealClientOptions>();
    expectTypeOf<{ url: string; session: object }>().not.toExtend<KeysealClientOptions>();
  });

  it('knows what procedures take and answer', () => {
    expectTypeOf<keyof Routes>().toEqualTypeOf<
      | 'audit'
      | 'auth'
      | 'clock'
      | 'echo'
      | 'exemple'
      | 'health'
      | 'invitations'
      | 'keys'
      | 'members'
      | 'owners'
      | 'profile'
      | 'sessions'
      | 'upload'
      | 'usage'
      | 'verify'
      | 'whoami'
      | 'workspaces'
    >();
    type Input = inferRouterInputs<KeysealRouter>['exemple'];
    type Output = inferRouterOutputs<KeysealRouter>['exemple'];
    expectTypeOf<Extract<Input, object>>().toEqualTypeOf<{ name?: string | undefined }>();
    expectTypeOf<Output['message']>().toEqualTypeOf<string>();
  });
});

describe('a session', () => {
  it('has what signs and what refreshes', () => {
    expectTypeOf<KeysealSession>().toEqualTypeOf<{
      readonly id: string;
      readonly signingSecret: string | CryptoKey;
      readonly accessToken: string;
      readonly accessTokenExpiresAt: string;
      readonly refreshToken: string | null;
    }>();
    expectTypeOf<keyof SharedSession>().toEqualTypeOf<'keeperFor'>();
    expectTypeOf<SharedSession['keeperFor']>().returns.toHaveProperty('fresh');
  });
});

describe('credentials', () => {
  it('are those of a key or of a session', () => {
    expectTypeOf<Credentials>().toEqualTypeOf<KeyCredentials<string | CryptoKey> | SessionCredentials>();
    expectTypeOf<KeyCredentials>().toEqualTypeOf<{
      readonly apiKey: string;
      readonly signingSecret: string;
      readonly userToken?: string;
    }>();
    expectTypeOf<SessionCredentials>().toEqualTypeOf<{
      readonly sessionId: string;
      readonly signingSecret: string | CryptoKey;
      readonly userToken?: string;
    }>();
    expectTypeOf(signRequest).toEqualTypeOf<
      (request: Request, credentials: Credentials) => Promise<Request>
    >();
  });
});

describe('a refusal', () => {
  it('has a reason of a closed list, and details', () => {
    expectTypeOf<KeysealRefusal['reason']>().toEqualTypeOf<Reason>();
    expectTypeOf<KeysealRefusal['details']>().toEqualTypeOf<RefusalData>();
    expectTypeOf(KeysealRefusal).instance.toExtend<Error>();
    expectTypeOf<Reason>().toExtend<string>();
    expectTypeOf<string>().not.toExtend<Reason>();
    expectTypeOf<'KEY_EXPIRED' | 'RATE_LIMITED' | 'UNAVAILABLE'>().toExtend<Reason>();
    expectTypeOf<keyof RefusalData>().toEqualTypeOf<
      | 'code'
      | 'httpStatus'
      | 'path'
      | 'reason'
      | 'requestId'
      | 'docs'
      | 'missing'
      | 'limit'
      | 'remaining'
      | 'resetAt'
      | 'retryAfter'
      | 'clock'
      | 'debug'
      | 'issues'
    >();
    expectTypeOf<RefusalData['reason']>().toEqualTypeOf<Reason>();
    expectTypeOf<RefusalData['httpStatus']>().toEqualTypeOf<number>();
    expectTypeOf<RefusalData['retryAfter']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<RefusalData['missing']>().toEqualTypeOf<string | undefined>();
  });
});

describe('a guard of a procedure', () => {
  it('has an access, and a permission of a closed list where a key may call', () => {
    expectTypeOf<ProcedureGuard['access']>().toEqualTypeOf<
      'public' | 'session' | 'user' | 'any' | 'key' | 'key-for-user' | 'key-or-user'
    >();
    expectTypeOf<
      Extract<ProcedureGuard, { readonly permission: string }>['permission']
    >().toEqualTypeOf<Permission>();
    expectTypeOf<{ access: 'key' }>().not.toExtend<ProcedureGuard>();
    expectTypeOf<{ access: 'public'; permission: 'keys:read' }['permission']>().toExtend<Permission>();
    expectTypeOf<string>().not.toExtend<Permission>();
  });
});
