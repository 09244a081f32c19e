import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, sign } from '../harness/wire.ts';

const procedure = createProcedure(['notes:write']);
const guarded = () => procedure({ access: 'key', permission: 'notes:write' });

/** What became of the signal of each call that waits for it. */
const left: boolean[] = [];
let begun = 0;
/** How each call ended, as a middleware around it sees it. */
const ended: boolean[] = [];

const notes = {
  /** What one middleware adds the next one has, and so has the procedure. */
  added: guarded()
    .use(({ next }) => next({ ctx: { first: 'one' } }))
    .use(({ ctx, next }) => next({ ctx: { second: `${ctx.first} two` } }))
    .output(z.object({ first: z.string(), second: z.string(), keyId: z.string() }))
    .query(({ ctx }) => ({ first: ctx.first, second: ctx.second, keyId: ctx.caller.key.id })),
  /** Two inputs are merged; a middleware between them sees the first. */
  joined: guarded()
    .input(z.object({ a: z.string() }))
    .use(({ input, next, ctx }) => next({ ctx: { ...ctx, seen: input.a } }))
    .input(z.object({ b: z.number() }))
    .mutation(({ input, ctx, path, batchIndex }) => ({
      ...input,
      seen: ctx.seen,
      path,
      batchIndex,
    })),
  /** A middleware sees the outcome of what it surrounds, and passes it on. */
  watched: guarded()
    .use(async ({ next }) => {
      const result = await next();
      ended.push(result.ok);
      return result;
    })
    .input(z.object({ fails: z.boolean() }))
    .mutation(({ input }) => {
      if (input.fails) throw new Error('of its own making');
      return 'done';
    }),
  /** A middleware may read the input as it was sent. */
  raw: guarded()
    .use(async ({ getRawInput, next }) => next({ ctx: { sent: await getRawInput() } }))
    .mutation(({ ctx }) => ctx.sent),
  silent: guarded()
    .use((async () => undefined) as never)
    .query(() => 'never'),
  waiting: guarded().mutation(async ({ signal }) => {
    begun++;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
    left.push(signal?.aborted === true);
  }),
};

let service: TestService;
let key: Credentials;

beforeAll(async () => {
  const api = describeApi(router({ ...routes, notes }));
  service = await startTestService({ api, env: { KEYSEAL_PERMISSIONS: 'notes:write' } });
  key = await createKey(service, await signUp(service), { permissions: ['notes:write'] });
});
afterAll(() => service.stop());

it('a custom procedure receives what middlewares add', async () => {
  expect((await query(service, key, 'notes.added')).json.result.data).toEqual({
    first: 'one',
    second: 'one two',
    keyId: key.id,
  });
});

it('a custom procedure merges several inputs', async () => {
  const expected = { seen: 'x', path: 'notes.joined', batchIndex: 0 };
  expect((await mutate(service, key, 'notes.joined', { a: 'x', b: 1 })).json.result.data).toEqual({
    a: 'x',
    b: 1,
    ...expected,
  });
  expect((await mutate(service, key, 'notes.joined', { a: 'x' })).reason).toBe('INPUT_INVALID');
});

it('a custom middleware receives the outcome of the call', async () => {
  expect((await mutate(service, key, 'notes.watched', { fails: false })).json.result.data).toBe('done');
  expect((await mutate(service, key, 'notes.watched', { fails: true })).reason).toBe('INTERNAL');
  expect((await mutate(service, key, 'notes.watched', {})).reason).toBe('INPUT_INVALID');
  expect(ended).toEqual([true, false, false]);
});

it('a custom middleware receives the raw input', async () => {
  expect((await mutate(service, key, 'notes.raw', { any: ['thing'] })).json.result.data).toEqual({
    any: ['thing'],
  });
});

it('a custom procedure fails if a middleware does not call next', async () => {
  expect((await query(service, key, 'notes.silent')).reason).toBe('INTERNAL');
});

it('a custom procedure gets a signal when its caller disconnects', async () => {
  const leave = new AbortController();
  const { headers } = sign(key, '/api/notes.waiting', { authority: service.authority, method: 'POST' });
  const asked = fetch(`${service.url}/api/notes.waiting`, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    signal: leave.signal,
  });
  await vi.waitFor(() => expect(begun).toBe(1), 5_000);
  leave.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(() => expect(left).toEqual([true]), 5_000);
});
