import type { TRPCRouterRecord } from '@trpc/server';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { EXAMPLE_AT, EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import { listRequests } from './list.ts';
import { ListRequestsInput, ListRequestsOutput } from './schemas.ts';

export const requestRoutes = {
  list: procedure({
    access: 'key-or-user',
    permission: 'usage:read',
    description:
      "The [request log](usage.md#request-log): the calls of the workspace's keys in the last 24 hours, newest first. `requestId` finds the calls of one request; with `environment`, only calls of keys of that environment; `outcome` is `accepted`, `refused` or a reason. `from` (inclusive) and `to` (exclusive) are times. `limit` is 1 to 100, default 50; `nextCursor` works as in `keys.list`: one call examines at most 50,000 calls, so with filters a page can have fewer calls than `limit`, or none. An item `represents` more than one call if others of its key were left out before it.",
    shapes: {
      input: '`{ from?, to?, requestId?, keyId?, procedure?, environment?, outcome?, limit?, cursor? }?`',
      output:
        '`{ items, nextCursor }`, of `{ at, requestId, key: { id, name }, procedure, outcome, status, durationMs, environment, address, represents }`',
    },
    example: {
      input: { outcome: 'refused', limit: 20 },
      output: {
        items: [
          {
            at: EXAMPLE_AT,
            requestId: '7Hq2LmZx0v3BjfJ31CVu',
            key: { id: EXAMPLE_KEY.id, name: EXAMPLE_KEY.name },
            procedure: 'exemple',
            outcome: 'RATE_LIMITED',
            status: 429,
            durationMs: 1.4,
            environment: 'live',
            address: '203.0.113.7',
            represents: 1,
          },
        ],
        nextCursor: null,
      },
    },
  })
    .input(ListRequestsInput)
    .output(ListRequestsOutput)
    .query(async ({ ctx, input }) => {
      const { caller, request, service } = ctx;
      // So that the response includes this instance's latest calls.
      await service.stores.requestLog.flushWorkspace(payerOfCaller(caller), request.startedAt);
      return listRequests(service.stores, caller.workspaceId, input ?? {}, workspaceTurnOf(ctx));
    }),
} satisfies TRPCRouterRecord;
