import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type TRPCRouterRecord, tracked } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '../../drizzle/schema/accounts.ts';
import type { KeyCaller } from '../gate/caller/caller.ts';
import { EXAMPLE_AT, EXAMPLE_USER } from '../lib/example-values.ts';
import { VERSION } from '../lib/package-root.ts';
import { Refusal } from '../lib/refusal.ts';
import { Text } from '../lib/schemas.ts';
import { databaseFreeProcedure, procedure } from '../rpc/trpc.ts';
import { EXAMPLE_CALLER, EXAMPLE_UPLOADED, EXAMPLE_WHOAMI } from './examples.ts';
import { readUpload, UploadInput } from './upload.ts';
import { describeCaller, UserView, WhoamiOutput } from './whoami.ts';

/** The caller of a sample. */
const CallerView = z.object({ keyId: z.string(), userId: z.string().nullable() });
const callerOf = (caller: KeyCaller) => ({ keyId: caller.key.id, userId: caller.user?.id ?? null });

/** The example of a query without input. */
const NoInput = z.strictObject({}).optional();

/** Bytes of 100,000 characters as JSON, each escaped. */
const MAX_ECHO_INPUT = 640 * 1024;

export const sampleRoutes = {
  exemple: databaseFreeProcedure({
    access: 'key',
    permission: 'exemple:read',
    description: 'Greets. The smallest signed call there is.',
    shapes: { input: '`{ name? }?`', output: '`{ message, at, caller: { keyId, userId } }`' },
    example: {
      input: { name: 'Ada' },
      output: { message: 'Hello, Ada!', at: EXAMPLE_AT, caller: EXAMPLE_CALLER },
    },
  })
    .input(z.strictObject({ name: Text.min(1).max(100).optional() }).optional())
    .output(z.object({ message: z.string(), at: z.string(), caller: CallerView }))
    .query(({ ctx: { caller, service }, input }) => ({
      message: `Hello, ${input?.name ?? 'world'}!`,
      at: new Date(service.stores.clock()).toISOString(),
      caller: callerOf(caller),
    })),

  echo: databaseFreeProcedure({
    access: 'key',
    permission: 'echo:write',
    maxInput: MAX_ECHO_INPUT,
    description: 'Returns its input, at most 100,000 characters.',
    shapes: { input: '`{ text }`', output: '`{ text, caller }`' },
    example: { input: { text: 'bonjour' }, output: { text: 'bonjour', caller: EXAMPLE_CALLER } },
  })
    .input(z.strictObject({ text: z.string().max(100_000) }))
    .output(z.object({ text: z.string(), caller: CallerView }))
    .mutation(({ ctx: { caller }, input }) => ({ text: input.text, caller: callerOf(caller) })),

  profile: procedure({
    access: 'key-for-user',
    permission: 'profile:read',
    description: 'Returns the account for which the key calls.',
    shapes: { output: '`{ user, caller }`' },
    refusals: ['TOKEN_MISSING', 'ACCESS_DENIED'],
    example: {
      input: {},
      output: { user: EXAMPLE_USER, caller: { ...EXAMPLE_CALLER, userId: EXAMPLE_USER.id } },
    },
  })
    .input(NoInput)
    .output(z.object({ user: UserView, caller: CallerView }))
    .query(async ({ ctx: { caller, service } }) => {
      // The person whom another issuer's token names has no account to show.
      if (caller.user.id === null) throw new Refusal('ACCESS_DENIED');
      const { db } = service.stores.database;
      const [user] = await db.select().from(users).where(eq(users.id, caller.user.id));
      if (!user) throw new Refusal('SESSION_ENDED');
      return { user: { id: user.id, email: user.email, name: user.name }, caller: callerOf(caller) };
    }),

  whoami: procedure({
    access: 'any',
    cost: 0,
    description:
      'How the service sees the caller, and what the caller may do. `key` is `{ id, name, environment, externalId, limits, credits }`: the limits include those of the external owner, named `owner.<name>`; `credits` is `{ remaining }` of the key or its external owner, whichever has fewer left, or `null` if neither has credits. It counts against limits and costs nothing.',
    shapes: { output: '`{ kind, key, user, externalUser, session, workspace, permissions, environment }`' },
    example: { input: {}, output: EXAMPLE_WHOAMI },
  })
    .input(NoInput)
    .output(WhoamiOutput)
    .query(({ ctx: { caller, service } }) => describeCaller(caller, service)),

  clock: databaseFreeProcedure({
    access: 'key',
    permission: 'clock:read',
    description:
      'Ticks, every second or every 50 to 60,000 ms, until the caller disconnects or loses the right to listen. An interrupted stream resumes after `lastEventId`.',
    shapes: { input: '`{ everyMs?, lastEventId? }?`', output: '`{ tick, at }`' },
    example: { input: { everyMs: 1_000 } },
  })
    .input(
      z
        .strictObject({
          everyMs: z.int().min(50).max(60_000).optional(),
          lastEventId: Text.max(20)
            .optional()
            .describe('The id of the last event that arrived, from which a broken stream continues.'),
        })
        .optional(),
    )
    .subscription(async function* ({ ctx: { service }, input, signal }) {
      let tick = Number(input?.lastEventId ?? 0) || 0;
      while (!signal?.aborted) {
        tick++;
        yield tracked(String(tick), { tick, at: new Date(service.stores.clock()).toISOString() });
        await wait(input?.everyMs ?? 1000, undefined, { signal: signal as AbortSignal }).catch(() => {});
      }
    }),

  upload: databaseFreeProcedure({
    access: 'key',
    permission: 'upload:write',
    description:
      'Receives bytes, or a form with one file, and describes what arrived. Nothing is parsed before the signature is verified.',
    shapes: {
      input: '`application/octet-stream`, `multipart/form-data`',
      output: '`{ name, size, sha256 }`',
    },
    refusals: ['MEDIA_TYPE_NOT_SUPPORTED'],
    example: { output: EXAMPLE_UPLOADED },
  })
    .input(UploadInput)
    .output(z.object({ name: z.string().nullable(), size: z.int(), sha256: z.string() }))
    .mutation(async ({ input }) => {
      const { name, bytes } = await readUpload(input);
      return { name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),

  health: databaseFreeProcedure({
    access: 'public',
    description: 'Shows that the service responds.',
    shapes: { output: "`{ status: 'ok', version }`" },
    example: { input: {}, output: { status: 'ok', version: '0.1.0' } },
  })
    .input(NoInput)
    .output(z.object({ status: z.literal('ok'), version: z.string() }))
    .query(() => ({ status: 'ok' as const, version: VERSION })),
} satisfies TRPCRouterRecord;
