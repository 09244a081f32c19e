import type { TRPCRouterRecord } from '@trpc/server';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { EXAMPLE_KEY, EXAMPLE_LATER } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import { findKeyInWorkspace } from './find.ts';
import { viewOf } from './key-view.ts';
import { limitsOf } from './limits.ts';
import { listKeys } from './list.ts';
import { GetKeyInput, Key, KeyLimitsOutput, ListKeysInput, ListKeysOutput } from './schemas.ts';

const READ_GUARD = { access: 'key-or-user', permission: 'keys:read' } as const;

/** Reading keys: the list, one key, and the state of its limits. */
export const readRoutes = {
  list: procedure({
    ...READ_GUARD,
    description:
      "Lists the workspace's keys. `limit` is 1 to 100, default 50; `search` is part of a name or the beginning of an id; `status` is `active`, `disabled` (disabled, or its owner is disabled or has left), `expired` or `revoked`; `environment` is `live` or `test`; `externalId` is the external owner to whom the keys are tied. `sort` is `newest` (the default), `oldest`, `name` (alphabetical, ignoring case) or `lastUsed` (most recently used first, never used last). Pass `nextCursor` as `cursor` to get the next page, with the same filters and the same `sort`. One call examines at most 50,000 keys, so with filters a page can have fewer keys than `limit`, or none: only `nextCursor: null` marks the end of the list.",
    shapes: {
      input: '`{ limit?, cursor?, search?, status?, environment?, externalId?, sort? }?`',
      output: '`{ items, nextCursor }`',
    },
    example: { input: { limit: 20, status: 'active' }, output: { items: [EXAMPLE_KEY], nextCursor: null } },
  })
    .input(ListKeysInput)
    .output(ListKeysOutput)
    .query(async ({ ctx, input }) => {
      const { service, request, caller } = ctx;
      const { rows, nextCursor } = await listKeys(service.stores, {
        workspaceId: caller.workspaceId,
        query: input ?? {},
        startedAt: request.startedAt,
        payer: payerOfCaller(caller),
        inTurn: workspaceTurnOf(ctx),
      });
      return { items: rows.map((row) => viewOf(row, service.stores)), nextCursor };
    }),

  get: procedure({
    ...READ_GUARD,
    description:
      "One key: `{ id, name, environment, permissions, allowedAddresses, limits, credits, externalId, authorities, metadata, status, signature, ownerId, createdAt, expiresAt, lastUsedAt, rotatedAt, previous, revokedAt, revokedReason }`. `limits` and `credits` are the key's own, the credits as of now; `credits` is `null` if the key has none. `owners.get` returns those of its external owner.",
    shapes: { input: '`{ id }`', output: '`key`' },
    refusals: ['KEY_NOT_FOUND'],
    example: { input: { id: EXAMPLE_KEY.id }, output: EXAMPLE_KEY },
  })
    .input(GetKeyInput)
    .output(Key)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      return viewOf(
        await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock()),
        stores,
      );
    }),

  limits: procedure({
    ...READ_GUARD,
    description:
      'The current state of the limits of a key, without counting a call: its own, and under names that begin with `owner.` those that it shares with the other keys of its external owner. Every response reports the calling key’s own limits in the header `ratelimit`.',
    shapes: {
      input: '`{ id }`',
      output: '`{ items: [{ name, limit, windowSeconds, remaining, resetAt }] }`',
    },
    refusals: ['KEY_NOT_FOUND'],
    example: {
      input: { id: EXAMPLE_KEY.id },
      output: {
        items: [{ name: 'minute', limit: 600, windowSeconds: 60, remaining: 588, resetAt: EXAMPLE_LATER }],
      },
    },
  })
    .input(GetKeyInput)
    .output(KeyLimitsOutput)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const row = await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock());
      return { items: await limitsOf(stores, row, payerOfCaller(caller)) };
    }),
} satisfies TRPCRouterRecord;
