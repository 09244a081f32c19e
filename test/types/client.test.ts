import type { TRPCClient } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Credentials,
  type CustomFetch,
  createKeysealClient,
  type FetchInit,
  type FetchResponse,
  type KeyCredentials,
  type KeySession,
  type KeysealClient,
  type KeysealClientOptions,
  KeysealHttpError,
  KeysealRefusal,
  type KeysealRouter,
  type KeysealSession,
  type Permission,
  type PrivateKeyCredentials,
  type ProcedureGuard,
  type Reason,
  type Receipt,
  type RefusalData,
  type ResponseKeySet,
  type ResponseProblem,
  ResponseUnverified,
  type RetryOptions,
  type RouterOf,
  type Routes,
  type SessionCredentials,
  type SessionKeyCredentials,
  type SharedSession,
  signRequest,
  type UserTokenSource,
} from '../../client/index.ts';
import { createProcedure } from '../../sdk/index.ts';

// The compiler checks these: `tsc` fails where a type became `any`, or lost, gained or changed a member.

describe('a client', () => {
  it('is created from options, for the built-in procedures or for custom ones', () => {
    expectTypeOf(createKeysealClient).toBeFunction();
    expectTypeOf(createKeysealClient<Routes>).parameters.toEqualTypeOf<[KeysealClientOptions]>();
    expectTypeOf(createKeysealClient<Routes>).returns.toEqualTypeOf<KeysealClient>();
    expectTypeOf<KeysealClient>().toEqualTypeOf<TRPCClient<KeysealRouter>>();
    expectTypeOf<KeysealRouter>().toEqualTypeOf<RouterOf<Routes>>();
    expectTypeOf<RouterOf<Routes>>().not.toBeAny();
  });

  it('accepts a key with its signing secret, a session, both or neither', () => {
    expectTypeOf<keyof KeysealClientOptions>().toEqualTypeOf<
      | 'url'
      | 'apiKey'
      | 'signingSecret'
      | 'session'
      | 'userToken'
      | 'onSessionChange'
      | 'fetch'
      | 'timeout'
      | 'retry'
      | 'verifyResponses'
      | 'signatures'
      | 'privateKey'
      | 'responseKeys'
      | 'onReceipt'
    >();
    expectTypeOf<KeysealClientOptions['url']>().toEqualTypeOf<string>();
    expectTypeOf<KeysealClientOptions['session']>().toEqualTypeOf<
      KeysealSession | SharedSession | null | undefined
    >();
    expectTypeOf<NonNullable<KeysealClientOptions['onSessionChange']>>().toEqualTypeOf<
      (session: KeysealSession | null) => void
    >();
    expectTypeOf<KeysealClientOptions['userToken']>().toEqualTypeOf<UserTokenSource | undefined>();
    expectTypeOf<UserTokenSource>().toEqualTypeOf<string | (() => string | Promise<string>)>();
    expectTypeOf<KeysealClientOptions['timeout']>().toEqualTypeOf<number | false | undefined>();
    expectTypeOf<KeysealClientOptions['retry']>().toEqualTypeOf<RetryOptions | undefined>();
    expectTypeOf<RetryOptions>().toEqualTypeOf<{ readonly attempts: number; readonly maxDelay?: number }>();
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
      | 'exchangeRules'
      | 'exemple'
      | 'health'
      | 'identities'
      | 'invitations'
      | 'keys'
      | 'members'
      | 'owners'
      | 'passkeys'
      | 'profile'
      | 'requests'
      | 'secondFactor'
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

describe('a replacement for fetch', () => {
  it('receives plain values, and may be the standard fetch', () => {
    expectTypeOf<KeysealClientOptions['fetch']>().toEqualTypeOf<CustomFetch | undefined>();
    expectTypeOf<typeof fetch>().toExtend<CustomFetch>();
    expectTypeOf<
      (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>
    >().toExtend<CustomFetch>();
    expectTypeOf<Parameters<CustomFetch>>().toEqualTypeOf<[url: string, init: FetchInit]>();
    expectTypeOf<ReturnType<CustomFetch>>().toEqualTypeOf<Promise<FetchResponse>>();
    expectTypeOf<FetchInit>().toEqualTypeOf<{
      readonly method: string;
      readonly headers: Record<string, string>;
      readonly body?: string | Uint8Array<ArrayBuffer>;
      readonly signal: AbortSignal | null;
      readonly redirect: 'manual';
    }>();
    expectTypeOf<Response>().toExtend<FetchResponse>();
    expectTypeOf<FetchResponse['status']>().toEqualTypeOf<number>();
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
    expectTypeOf<keyof SharedSession>().toEqualTypeOf<'managerFor'>();
    expectTypeOf<SharedSession['managerFor']>().returns.toHaveProperty('fresh');
  });
});

describe('credentials', () => {
  it('are of a key or of a session', () => {
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
    expectTypeOf<PrivateKeyCredentials>().toEqualTypeOf<{
      readonly apiKey: string;
      readonly privateKey: CryptoKey;
      readonly userToken?: string;
    }>();
    expectTypeOf<KeySession>().toEqualTypeOf<{
      readonly id: string;
      readonly accessToken: string;
      readonly accessTokenExpiresAt: string;
      readonly refreshToken: string | null;
      readonly privateKey: CryptoKey;
      readonly responseKeys: ResponseKeySet;
    }>();
    expectTypeOf<SessionKeyCredentials>().toEqualTypeOf<{
      readonly sessionId: string;
      readonly privateKey: CryptoKey;
      readonly responseKeys?: ResponseKeySet;
      readonly userToken?: string;
    }>();
    expectTypeOf(signRequest).toEqualTypeOf<
      (
        request: Request,
        credentials: Credentials | PrivateKeyCredentials | SessionKeyCredentials,
        options?: { signatures?: 'v1' | 'rfc9421' },
      ) => Promise<Request>
    >();
  });
});

describe('a refusal', () => {
  it('has a reason of a closed list, and details', () => {
    expectTypeOf<KeysealRefusal['reason']>().toEqualTypeOf<Reason>();
    expectTypeOf<KeysealRefusal['details']>().toEqualTypeOf<RefusalData>();
    expectTypeOf<KeysealRefusal['status']>().toEqualTypeOf<number>();
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
    expectTypeOf<RefusalData['missing']>().toEqualTypeOf<string | readonly string[] | undefined>();
  });
});

describe('an answer that is not Keyseal’s', () => {
  it('has its HTTP status and headers', () => {
    expectTypeOf<
      Pick<KeysealHttpError, 'status' | 'contentType' | 'location' | 'retryAfter'>
    >().toEqualTypeOf<{
      readonly status: number;
      readonly contentType: string | null;
      readonly location: string | null;
      readonly retryAfter: number | null;
    }>();
    expectTypeOf(KeysealHttpError).instance.toExtend<Error>();
    expectTypeOf(ResponseUnverified).instance.toExtend<Error>();
    expectTypeOf<ResponseUnverified['problem']>().toEqualTypeOf<ResponseProblem>();
    expectTypeOf<ResponseUnverified['claimedReason']>().toEqualTypeOf<Reason | null>();
    expectTypeOf<Receipt>().toEqualTypeOf<{
      readonly workspace: string;
      readonly sequence: number;
      readonly time: number;
      readonly file: string;
    }>();
    expectTypeOf<ResponseKeySet>().toEqualTypeOf<{
      readonly keys: readonly Readonly<Record<string, unknown>>[];
    }>();
    expectTypeOf<ResponseProblem>().toEqualTypeOf<
      'unsigned' | 'incomplete' | 'key' | 'signature' | 'content' | 'stream'
    >();
  });
});

describe('C10: a procedure that streams its output', () => {
  const procedure = createProcedure([])({ access: 'any' });
  const routes = {
    plain: procedure.query(() => ({ a: 1, list: [{ b: 'x' }], at: new Date() })),
    nothing: procedure.mutation(() => undefined),
    iterable: procedure.query(async function* () {
      yield 1;
    }),
    changes: procedure.mutation(async function* () {
      yield 1;
    }),
    watched: procedure.subscription(async function* () {
      yield 1;
    }),
    below: {
      member: procedure.query(() => ({ now: 1, later: Promise.resolve(1) })),
      plain: procedure.query(() => 'text'),
    },
    generator: procedure.query(function* () {
      yield 1;
    }),
    bytes: procedure.query(() => new ReadableStream<Uint8Array>()),
    list: procedure.query(() => [1, 2].map(async (n) => n)),
    deep: procedure.query(() => ({ page: { items: [{ owner: Promise.resolve('x') }] } })),
    sometimes: procedure.query((): { a: 1 } | { b?: AsyncIterable<number> } => ({ a: 1 })),
    loose: procedure.query(() => ({ data: JSON.parse('1'), list: [JSON.parse('2')], page: { next: null } })),
    unknown: procedure.query((): unknown => 1),
    never: procedure.query((): never => {
      throw new Error('always');
    }),
    tree: procedure.query((): Tree => ({ children: [], next: 'b' })),
  };
  interface Tree {
    children: Tree[];
    parent?: Tree;
    /** No iterator has a string under this name. */
    next: string;
  }
  const client = createKeysealClient<typeof routes>({ url: 'http://localhost' });

  it('cannot be called as a query or a mutation, and any other can', () => {
    // @ts-expect-error: it streams its output
    client.iterable.query;
    // @ts-expect-error: it streams its output
    client.changes.mutate;
    // @ts-expect-error: a member of its answer comes later
    client.below.member.query;
    expectTypeOf(client.plain.query).returns.resolves.toEqualTypeOf<{
      a: number;
      list: { b: string }[];
      at: string;
    }>();
    expectTypeOf(client.nothing.mutate).toBeFunction();
    expectTypeOf(client.below.plain.query).returns.resolves.toEqualTypeOf<string>();
    expectTypeOf(client.watched.subscribe).toBeFunction();
  });

  it('cannot be called either if what streams is an iterator, a stream of bytes, or deep in its answer', () => {
    // @ts-expect-error: its values come one by one
    client.generator.query;
    // @ts-expect-error: its bytes come one by one
    client.bytes.query;
    // @ts-expect-error: the items of its answer come later
    client.list.query;
    // @ts-expect-error: a member of an item comes later
    client.deep.query;
    // @ts-expect-error: one of its answers may stream
    client.sometimes.query;
  });

  it('can be called if its answer has any type, is unknown, or is recursive', () => {
    expectTypeOf(client.loose.query).toBeFunction();
    expectTypeOf(client.unknown.query).toBeFunction();
    expectTypeOf(client.never.query).toBeFunction();
    expectTypeOf(client.tree.query).toBeFunction();
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
