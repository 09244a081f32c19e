import { describe, expect, it } from 'vitest';
import * as session from '../../client/browser-session.ts';
import { UNBATCHED } from '../../client/calls/links.ts';
import * as express from '../../client/guard/entry/express.ts';
import * as fastify from '../../client/guard/entry/fastify.ts';
import * as fetch from '../../client/guard/entry/fetch.ts';
import * as hono from '../../client/guard/entry/hono.ts';
import * as koa from '../../client/guard/entry/koa.ts';
import * as node from '../../client/guard/entry/node.ts';
import * as guard from '../../client/guard/index.ts';
import * as trpc from '../../client/guard/trpc.ts';
import * as client from '../../client/index.ts';
import * as sign from '../../client/sign-request.ts';
import * as receipt from '../../client/verify-receipt.ts';
import { builtInApi } from '../../server/app/router.ts';

describe('the client package', () => {
  it('exports its documented names, and nothing else', () => {
    expect(Object.keys(client).sort()).toEqual([
      ...['KeysealHttpError', 'KeysealRefusal', 'ResponseUnverified', 'createKeysealClient', 'signRequest'],
    ]);
    expect(Object.keys(session).sort()).toEqual(['CodeRequired', 'createBrowserSession']);
    expect(Object.keys(sign)).toEqual(['signRequest']);
    expect(Object.keys(receipt).sort()).toEqual(['ReceiptUnverified', 'verifyReceipt']);
    expect(Object.keys(guard).sort()).toEqual(['admitted', 'createGuard', 'formatRefusal', 'permitted']);
  });

  it('exports the guard of each framework from a subpath', () => {
    expect(Object.keys(express).sort()).toEqual(['admitted', 'createExpressGuard']);
    expect(Object.keys(fastify).sort()).toEqual(['admitted', 'createFastifyGuard']);
    expect(Object.keys(hono).sort()).toEqual(['admitted', 'createHonoGuard']);
    expect(Object.keys(koa).sort()).toEqual(['admitted', 'createKoaGuard']);
    expect(Object.keys(node).sort()).toEqual(['admitted', 'createNodeGuard']);
    expect(Object.keys(fetch)).toEqual(['createFetchGuard']);
    expect(Object.keys(trpc).sort()).toEqual(['formatRefusal', 'permitted']);
  });

  it('knows which procedures are unsigned, signed by the session, or not batched', () => {
    const guards = [...builtInApi.procedures].map(([name, { guard }]) => [name, guard.access] as const);
    const named = (access: string) => guards.filter(([, is]) => is === access).map(([name]) => name);
    const ways = (way: string) => Object.keys(UNBATCHED).filter((name) => UNBATCHED[name] === way);
    expect(ways('public').sort()).toEqual(named('public').sort());
    expect(ways('refresh')).toEqual(named('session'));
    const alone = [...builtInApi.procedures].filter(([, { guard }]) => guard.batch === false);
    expect(ways('alone')).toEqual(alone.map(([name]) => name));
  });
});
