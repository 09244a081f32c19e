import type { TRPCRouterRecord } from '@trpc/server';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import { EXAMPLE_RECORD } from './examples.ts';
import { listAudit } from './list.ts';
import { ListAuditInput, ListAuditOutput, VerifyAuditInput, VerifyAuditOutput } from './schemas.ts';
import { verifyAudit } from './verify.ts';

const READ_GUARD = { access: 'key-or-user', permission: 'audit:read' } as const;

export const auditRoutes = {
  list: procedure({
    ...READ_GUARD,
    description:
      "The records of the workspace's [audit log](audit.md), newest first. `from` (inclusive) and `to` (exclusive) are times. `actorId` is the id of a user or a key, `action` the name of a procedure or of an action of the service itself, `subject` the id of the changed object. `limit` is 1 to 100, default 50; `nextCursor` works as in `keys.list`: one call examines at most 50,000 records, so with filters a page can have fewer records than `limit`, or none.",
    shapes: {
      input: '`{ from?, to?, actorId?, action?, subject?, limit?, cursor? }?`',
      output:
        '`{ items, nextCursor }`, of `{ seq, at, actor: { kind, id }, address, requestId, action, subject, before, after, mac }`',
    },
    example: {
      input: { action: 'keys.update', limit: 20 },
      output: { items: [EXAMPLE_RECORD], nextCursor: null },
    },
  })
    .input(ListAuditInput)
    .output(ListAuditOutput)
    .query(({ ctx, input }) =>
      listAudit(ctx.service.stores, ctx.caller.workspaceId, input ?? {}, workspaceTurnOf(ctx)),
    ),

  verify: procedure({
    access: 'key-or-user',
    permission: 'audit:read',
    batch: false,
    description:
      'Verifies that every record is unchanged and in its place, and that none is missing. One call reads at most 50,000 records, for about two seconds. If there are more, it returns `verified: null`: call it again with `nextCursor` as `cursor`. `known` is a head from an earlier log line or response. It cannot be part of a batch. The page of the [audit log](audit.md) explains the problems.',
    shapes: {
      input: '`{ known?: { seq, mac }, cursor? }?`',
      output:
        '`{ verified: true, records, head: { seq, mac } | null }`, `{ verified: false, at, problem }` or `{ verified: null, records, nextCursor }`',
    },
    example: {
      input: {},
      output: { verified: true, records: 128, head: { seq: EXAMPLE_RECORD.seq, mac: EXAMPLE_RECORD.mac } },
    },
  })
    .input(VerifyAuditInput)
    .output(VerifyAuditOutput)
    .query(({ ctx: { caller, service }, input, signal }) => {
      const payer = payerOfCaller(caller);
      const verify = () => verifyAudit(service.stores, caller.workspaceId, input ?? {}, signal);
      return service.stores.verifications.run(payer, verify);
    }),
} satisfies TRPCRouterRecord;
