import { callTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { middlewareRunner } from '../../server/rpc/middleware-runner.ts';

const t = initTRPC.context<{ from: string }>().meta<{ note: string }>().create({ isDev: false });
type Builder = typeof t.procedure;

/** tRPC's own `callRecursive`. */
const theirs = t.procedure;
const ours = t.procedure.experimental_caller(
  middlewareRunner(async () => {}) as never,
) as unknown as typeof theirs;

/** What a middleware can see of a call, and a resolver too. */
type Seen = Record<string, unknown>;
type Log = (what: unknown) => void;

const seenOf = ({ ctx, input, path, type, meta, batchIndex, signal }: Seen): Seen => ({
  ...{ ctx, input, path, type, meta, batchIndex },
  aborted: (signal as AbortSignal | undefined)?.aborted,
});

/** Procedures to build twice: with tRPC's builder, and with the same builder whose loop is ours. */
const PROCEDURES: Readonly<Record<string, (builder: Builder, log: Log) => unknown>> = {
  'no middleware': (builder) => builder.query((step) => seenOf(step as unknown as Seen)),
  'no answer': (builder) => builder.query(() => undefined),
  'context that grows': (builder, log) =>
    builder
      .use(({ next }) => next({ ctx: { first: 1, from: 'a middleware' } }))
      .use(({ ctx, next }) => next({ ctx: { second: ctx.first + 1 } }))
      .use((step) => {
        log(seenOf(step as unknown as Seen));
        return step.next();
      })
      .query(({ ctx }) => ctx),
  'next with an empty object, and with an undefined context': (builder) =>
    builder
      .use(({ next }) => next({}))
      .use(({ next }) => next({ ctx: undefined }))
      .query(({ ctx, input }) => ({ ctx, input })),
  'one input': (builder) => builder.input(z.object({ a: z.string() })).mutation(({ input }) => input),
  'two inputs, with a middleware between them': (builder, log) =>
    builder
      .input(z.object({ a: z.string() }))
      .use(({ input, next }) => {
        log(input);
        return next();
      })
      .input(z.object({ b: z.number().default(7) }))
      .mutation(({ input }) => input),
  'an input that is not an object': (builder) =>
    builder.input(z.string().optional()).query(({ input }) => input),
  'an input that a middleware gives, undefined too': (builder) =>
    builder
      .input(z.unknown())
      .use(({ next }) => next({ input: undefined } as never))
      .query((step) => ('input' in step ? [step.input] : 'none')),
  'the raw input, and another in its place': (builder, log) =>
    builder
      .use(async ({ getRawInput, next }) => {
        log(await getRawInput());
        return next({ getRawInput: async () => ({ a: 'of a middleware' }) } as never);
      })
      .input(z.object({ a: z.string() }))
      .query(({ input }) => input),
  'an output': (builder) =>
    builder
      .output(z.object({ a: z.string() }))
      .query((() => ({ a: 'kept', b: 'dropped' })) as () => { a: string }),
  'a wrong output': (builder) => builder.output(z.string()).query((() => 7) as never),
  'a resolver that throws': (builder, log) =>
    builder
      .use(async ({ next }) => {
        const result = await next();
        log(result.ok ? result.data : [result.error.code, result.error.message]);
        return result;
      })
      .query(() => {
        throw new RangeError('of its own making');
      }),
  'a resolver that throws a TRPCError': (builder) =>
    builder.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'taken', cause: new Error('why') });
    }),
  'a resolver that throws no error': (builder) =>
    builder.query(() => {
      throw 'a text';
    }),
  'a middleware that throws': (builder) =>
    builder
      .use(({ next }) => next())
      .use(() => {
        throw new TRPCError({ code: 'FORBIDDEN' });
      })
      .query(() => 'never'),
  'a middleware that turns a failure into a success': (builder) =>
    builder
      .use(async ({ next }) => {
        const result = await next();
        return result.ok ? result : { ...result, ok: true as const, data: 'recovered', error: undefined };
      })
      .query(() => {
        throw new Error('bad');
      }) as never,
  'a middleware that calls next twice': (builder, log) =>
    builder
      .use(async ({ next }) => {
        await next({ ctx: { from: 'the first time' } });
        return next();
      })
      .query(({ ctx }) => {
        log(ctx);
        return ctx;
      }),
  'a middleware that answers by itself': (builder, log) =>
    builder.use((async () => ({ ok: true, data: 'early' })) as never).query(() => log('the resolver ran')),
  'a middleware that returns nothing': (builder) =>
    builder
      .use(({ next }) => next())
      .use((async () => undefined) as never)
      .query(() => 'never'),
  'a middleware that drops the result': (builder, log) =>
    builder
      .use((async ({ next }: { next: () => Promise<unknown> }) => {
        await next();
      }) as never)
      .query(() => log('the resolver ran')),
  'meta of its own': (builder) =>
    builder.meta({ note: 'more' }).query((step) => (step as unknown as Seen)['meta']),
  'another builder, concatenated': (builder) =>
    builder
      .concat(
        t.procedure.input(z.object({ b: z.number() })).use(({ next }) => next({ ctx: { joined: true } })),
      )
      .query(({ ctx, input }) => ({ ctx, input })),
};

const INPUTS = [undefined, null, 7, 'text', [1], {}, { a: 'x' }, { a: 'x', b: 1 }, { a: 1, b: 'x' }];

describe.each(Object.entries(PROCEDURES))('%s', (_, build) => {
  it.each(INPUTS)('gives the result of tRPC with the input %j', async (input) => {
    expect(await outcomeOf(build, ours, input)).toEqual(await outcomeOf(build, theirs, input));
  });
});

it('a middleware that returns nothing gets a message that names the mistake', async () => {
  for (const name of ['a middleware that returns nothing', 'a middleware that drops the result']) {
    const build = PROCEDURES[name] as (typeof PROCEDURES)[string];
    expect(await outcomeOf(build, ours, undefined)).toMatchObject({
      failed: {
        code: 'INTERNAL_SERVER_ERROR',
        message: 'No result from middlewares - did you forget to `return next()`?',
      },
    });
  }
});

describe('a middleware before the resolver', () => {
  const ran: unknown[] = [];
  const counted = t.procedure.experimental_caller(
    middlewareRunner(async (ctx) => {
      ran.push(ctx);
      if ('refuse' in ctx) throw new TRPCError({ code: 'PAYMENT_REQUIRED' });
    }) as never,
  ) as unknown as Builder;
  const run = async (build: (builder: Builder, log: Log) => unknown, input: unknown) => {
    ran.length = 0;
    const { log, ...outcome } = await outcomeOf(build, counted, input);
    return { ...outcome, log, ran: [...ran] };
  };

  it('gets the context of the resolver, after every input', async () => {
    const build = (builder: Builder) =>
      builder
        .use(({ next }) => next({ ctx: { first: 1 } }))
        .input(z.object({ a: z.string() }))
        .query(() => 'done');
    expect(await run(build, { a: 'x' })).toMatchObject({ data: 'done', ran: [{ from: 'a test', first: 1 }] });
    expect(await run(build, {})).toMatchObject({ failed: { code: 'BAD_REQUEST' }, ran: [] });
  });

  it('runs for a builder that was concatenated behind another', async () => {
    const build = (builder: Builder) =>
      t.procedure
        .input(z.unknown())
        .concat(builder)
        .query(() => 'done');
    expect(await run(build, 1)).toMatchObject({ data: 'done', ran: [{ from: 'a test' }] });
  });

  it('runs each time the resolver would run', async () => {
    const build = (builder: Builder) =>
      builder
        .use(async ({ next }) => {
          await next();
          return next();
        })
        .query(() => 'done');
    expect((await run(build, 1)).ran).toHaveLength(2);
  });

  it('keeps the resolver from running if it throws', async () => {
    const build = (builder: Builder, log: Log) =>
      builder
        .use(async ({ next }) => {
          const result = await next({ ctx: { refuse: true } });
          log(result.ok);
          return result;
        })
        .query(() => log('the resolver ran'));
    expect(await run(build, 1)).toMatchObject({ failed: { code: 'PAYMENT_REQUIRED' }, log: [false] });
  });
});

/** Calls a procedure as tRPC's server does, and writes down what happened. */
async function outcomeOf(build: (builder: Builder, log: Log) => unknown, builder: Builder, input: unknown) {
  const log: unknown[] = [];
  const router = t.router({ tested: build(builder, (what) => void log.push(what)) as never });
  try {
    const data = await callTRPCProcedure({
      router,
      path: 'tested',
      type:
        (router._def.procedures as Record<string, { _def: { type: 'query' } }>)['tested']?._def.type ??
        'query',
      ctx: { from: 'a test' },
      getRawInput: async () => input,
      signal: AbortSignal.abort(),
      batchIndex: 3,
    });
    return { log, data };
  } catch (error) {
    const { name, code, message, cause } = error as TRPCError;
    return { log, failed: { name, code, message, cause: cause?.message, causeName: cause?.name } };
  }
}
