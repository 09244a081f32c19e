import type { TRPCRouterRecord } from '@trpc/server';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { Caller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { Refusal } from '../lib/refusal.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import type { Db } from '../stores/database/database.ts';
import type { Stores } from '../stores/stores.ts';
import { environmentSubject } from '../stores/usage/usage.ts';
import { busiestKeys } from './busiest-keys.ts';
import { EXAMPLE_BUSY_KEY, EXAMPLE_KEYS_USAGE, EXAMPLE_RANGE, EXAMPLE_USAGE } from './examples.ts';
import { readRange, readRangeOf } from './range.ts';
import {
  UsageKeyInput,
  UsageKeysInput,
  UsageKeysOutput,
  UsageOutput,
  UsageWorkspaceInput,
  UsageWorkspaceOutput,
} from './schemas.ts';
import { sumUp, sumUpEach } from './sums.ts';

const READ_GUARD = { access: 'key-or-user', permission: 'usage:read' } as const;

export const usageRoutes = {
  key: procedure({
    ...READ_GUARD,
    description:
      'Returns the outcomes of the calls of a key between `from` and `to`, by `minute`, `hour` or `day` in UTC, or of those to one `procedure`. See [Usage](usage.md).',
    shapes: {
      input: '`{ id, from, to, step, procedure? }`',
      output: '`{ from, to, step, accepted, refused, points, outcomes, procedures, latency }`',
    },
    refusals: ['KEY_NOT_FOUND'],
    example: { input: { id: EXAMPLE_BUSY_KEY.id, ...EXAMPLE_RANGE }, output: EXAMPLE_USAGE },
  })
    .input(UsageKeyInput)
    .output(UsageOutput)
    .query(async ({ ctx, input }) => {
      const { caller, request, service } = ctx;
      const { database, clock } = service.stores;
      await checkOwn(database.db, caller.workspaceId, [input.id]);
      const range = readRange(input, clock());
      await flushUsage(service.stores, caller, request);
      const { id: subject, procedure: called } = input;
      return sumUp(database, { subject, range, called }, workspaceTurnOf(ctx));
    }),

  workspace: procedure({
    ...READ_GUARD,
    description:
      'Returns the same for all keys of the workspace, or for those of one `environment`, with the `top` keys with the most calls: 0 to 100, default 10.',
    shapes: {
      input: '`{ from, to, step, procedure?, environment?, top? }`',
      output: '`{ from, to, step, accepted, refused, points, outcomes, procedures, latency, keys }`',
    },
    example: { input: { ...EXAMPLE_RANGE, top: 1 }, output: { ...EXAMPLE_USAGE, keys: [EXAMPLE_BUSY_KEY] } },
  })
    .input(UsageWorkspaceInput)
    .output(UsageWorkspaceOutput)
    .query(async ({ ctx, input }) => {
      const { caller, request, service } = ctx;
      const { database, clock } = service.stores;
      const { workspaceId } = caller;
      const { procedure: called, environment, top = 10 } = input;
      const subject = environment === undefined ? workspaceId : environmentSubject(workspaceId, environment);
      const range = readRange(input, clock());
      await flushUsage(service.stores, caller, request);
      const inTurn = workspaceTurnOf(ctx);
      const sums = await sumUp(database, { subject, range, called }, inTurn);
      const keys = await busiestKeys(database, { workspaceId, range, top, called, environment }, inTurn);
      return { ...sums, keys };
    }),

  keys: procedure({
    ...READ_GUARD,
    description:
      'Returns the outcomes of the calls of several keys, as a list of keys shows them: `ids` are 1 to 100, `items` are in the same order, each `{ id, accepted, refused, points }`. All keys together have at most 10,000 points.',
    shapes: { input: '`{ ids, from, to, step }`', output: '`{ from, to, step, items }`' },
    refusals: ['KEY_NOT_FOUND'],
    example: { input: { ids: [EXAMPLE_BUSY_KEY.id], ...EXAMPLE_RANGE }, output: EXAMPLE_KEYS_USAGE },
  })
    .input(UsageKeysInput)
    .output(UsageKeysOutput)
    .query(async ({ ctx, input }) => {
      const { caller, request, service } = ctx;
      const { database, usage, clock } = service.stores;
      await checkOwn(database.db, caller.workspaceId, input.ids);
      const range = readRangeOf(input.ids.length, input, clock());
      await usage.flushWorkspace(payerOfCaller(caller), request.startedAt);
      return sumUpEach(database, input.ids, range, workspaceTurnOf(ctx));
    }),
} satisfies TRPCRouterRecord;

/** Writes what this instance has counted in the workspace, so that the response includes it. */
async function flushUsage(
  { usage, latencies }: Pick<Stores, 'usage' | 'latencies'>,
  caller: Caller,
  { startedAt }: { readonly startedAt: number },
): Promise<void> {
  const payer = payerOfCaller(caller);
  await Promise.all([usage.flushWorkspace(payer, startedAt), latencies.flushWorkspace(payer, startedAt)]);
}

/** Refuses with KEY_NOT_FOUND if one of them does not exist, or belongs to another workspace. */
async function checkOwn(db: Db, workspaceId: string, ids: readonly string[]): Promise<void> {
  const own = and(inArray(keys.id, [...ids]), eq(keys.workspaceId, workspaceId), isNull(keys.deletedAt));
  const rows = await db.select({ id: keys.id }).from(keys).where(own);
  if (rows.length < new Set(ids).size) throw new Refusal('KEY_NOT_FOUND');
}
