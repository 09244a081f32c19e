import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import type { TRPCErrorShape } from '@trpc/server/rpc';
import type { RequestHandler } from 'express';
import type { preParsingAsyncHookHandler, preParsingHookHandler } from 'fastify';
import type { MiddlewareHandler } from 'hono';
import type Koa from 'koa';
import { describe, expectTypeOf, it } from 'vitest';
import { createExpressGuard } from '../../client/guard/entry/express.ts';
import { createFastifyGuard } from '../../client/guard/entry/fastify.ts';
import { createFetchGuard } from '../../client/guard/entry/fetch.ts';
import { createHonoGuard } from '../../client/guard/entry/hono.ts';
import { createKoaGuard } from '../../client/guard/entry/koa.ts';
import { createNodeGuard } from '../../client/guard/entry/node.ts';
import {
  type Admitted,
  admitted,
  createGuard,
  formatRefusal,
  type Guard,
  type GuardedContext,
  type GuardOptions,
  permitted,
  type RouteRequirements,
} from '../../client/guard/index.ts';

describe('a guard', () => {
  it('is created from options', () => {
    expectTypeOf(createGuard).toEqualTypeOf<(options: GuardOptions) => Guard>();
    expectTypeOf<Pick<GuardOptions, 'url' | 'apiKey' | 'signingSecret' | 'authority'>>().toEqualTypeOf<{
      readonly url: string;
      readonly apiKey: string;
      readonly signingSecret: string;
      readonly authority: string | readonly string[];
    }>();
    type Callbacks = Required<Pick<GuardOptions, 'address' | 'onError'>>;
    expectTypeOf<Callbacks>().toEqualTypeOf<{
      readonly address: (headers: Headers) => string | null;
      readonly onError: (error: unknown) => void;
    }>();
    type Amounts = Pick<GuardOptions, 'maxBody' | 'maxBuffered' | 'minRate' | 'timeout'>;
    expectTypeOf<Amounts[keyof Amounts]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<keyof GuardOptions>().toEqualTypeOf<
      | 'url'
      | 'apiKey'
      | 'signingSecret'
      | 'authority'
      | 'basePath'
      | keyof Callbacks
      | keyof Amounts
      | 'fetch'
    >();
  });

  it('accepts the requirements of a route', () => {
    expectTypeOf<RouteRequirements>().toEqualTypeOf<{
      readonly user?: boolean;
      readonly permission?: string;
      readonly cost?: number;
      readonly limit?: { name: string; limit: number; windowSeconds: number };
    }>();
  });

  it('guards handlers of six frameworks', () => {
    expectTypeOf<keyof Guard>().toEqualTypeOf<'node' | 'fetch' | 'express' | 'fastify' | 'koa' | 'hono'>();
    const node = (guard: Guard) =>
      guard.node({}, (request: IncomingMessage, response: ServerResponse, who) => {
        expectTypeOf(who).toEqualTypeOf<Admitted>();
        response.end(request.url);
      });
    expectTypeOf(node).returns.toEqualTypeOf<
      (request: IncomingMessage, response: ServerResponse) => Promise<void>
    >();
    const fetch = (guard: Guard) =>
      guard.fetch({}, (request, who, id: string) => {
        expectTypeOf(request).toEqualTypeOf<Request>();
        expectTypeOf(who).toEqualTypeOf<Admitted>();
        return new Response(id);
      });
    expectTypeOf(fetch).returns.toEqualTypeOf<(request: Request, id: string) => Promise<Response>>();
    type Middlewares = Pick<Guard, 'express' | 'fastify' | 'koa' | 'hono'>;
    expectTypeOf<Parameters<Middlewares[keyof Middlewares]>>().toEqualTypeOf<
      [requirements: RouteRequirements]
    >();
    expectTypeOf<ReturnType<Guard['express']>>().returns.toEqualTypeOf<void>();
    expectTypeOf<Parameters<ReturnType<Guard['fastify']>>['length']>().toEqualTypeOf<3>();
    expectTypeOf<ReturnType<Guard['hono']>>().parameter(1).toEqualTypeOf<() => Promise<void>>();
  });
});

describe('the guard of one framework', () => {
  it('is created from the same options, and is the method of that name', () => {
    type Method<Name extends keyof Guard> = (options: GuardOptions) => Guard[Name];
    expectTypeOf(createExpressGuard).toEqualTypeOf<Method<'express'>>();
    expectTypeOf(createFastifyGuard).toEqualTypeOf<Method<'fastify'>>();
    expectTypeOf(createKoaGuard).toEqualTypeOf<Method<'koa'>>();
    expectTypeOf(createHonoGuard).toEqualTypeOf<Method<'hono'>>();
    expectTypeOf(createNodeGuard).toEqualTypeOf<Method<'node'>>();
    expectTypeOf(createFetchGuard).toEqualTypeOf<Method<'fetch'>>();
  });

  it('is a middleware of the real framework', () => {
    expectTypeOf<ReturnType<Guard['koa']>>().toExtend<Koa.Middleware>();
    expectTypeOf<ReturnType<Guard['express']>>().toExtend<RequestHandler>();
    expectTypeOf<ReturnType<Guard['fastify']>>().toExtend<
      preParsingHookHandler | preParsingAsyncHookHandler
    >();
    expectTypeOf<ReturnType<Guard['hono']>>().toExtend<MiddlewareHandler>();
  });
});

describe('the type of an admission', () => {
  it('has a caller, limits and credits, and the verified bytes', () => {
    expectTypeOf(admitted).toEqualTypeOf<(request: object) => Admitted>();
    expectTypeOf<keyof Admitted>().toEqualTypeOf<
      | 'valid'
      | 'caller'
      | 'signature'
      | 'permissions'
      | 'limits'
      | 'credits'
      | 'requestId'
      | 'body'
      | 'keyseal'
    >();
    expectTypeOf<Admitted['valid']>().toEqualTypeOf<true>();
    expectTypeOf<Admitted['caller']['kind']>().toEqualTypeOf<'key' | 'user'>();
    expectTypeOf<Admitted['caller']['workspaceId']>().toEqualTypeOf<string>();
    expectTypeOf<Admitted['permissions']>().toEqualTypeOf<string[]>();
    expectTypeOf<Admitted['body']>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expectTypeOf<Admitted['keyseal']>().toEqualTypeOf<string>();
  });

  it('is in the context of a tRPC router, and not undefined behind `permitted`', () => {
    expectTypeOf<GuardedContext>().toEqualTypeOf<{ readonly admitted: Admitted | null }>();
    expectTypeOf(permitted).parameters.toEqualTypeOf<[permission: string]>();
    type Middleware = ReturnType<typeof permitted>;
    type Overrides = Middleware extends { _middlewares: (infer M)[] } ? M : never;
    expectTypeOf<Overrides>().not.toBeAny();
    expectTypeOf(formatRefusal<TRPCErrorShape>).toEqualTypeOf<
      (options: { shape: TRPCErrorShape; error: TRPCError }) => TRPCErrorShape
    >();
  });
});
