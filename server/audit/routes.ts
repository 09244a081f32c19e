import type { TRPCRouterRecord } from '@trpc/server';
import { procedure } from '../trpc.ts';
import { listAudit } from './list.ts';
import { ListAuditInput, ListAuditOutput, VerifyAuditInput, VerifyAuditOutput } from './schemas.ts';
import { verifyAudit } from './verify.ts';

const reading = procedure({ access: 'key-or-user', permission: 'audit:read' });

export const audit = {
  list: reading
    .input(ListAuditInput)
    .output(ListAuditOutput)
    .query(({ ctx: { caller, service }, input }) =>
      listAudit(service.stores, caller.workspaceId, input ?? {}),
    ),

  /** Whether anybody but the service has touched the records. */
  verify: reading
    .input(VerifyAuditInput)
    .output(VerifyAuditOutput)
    .query(({ ctx: { caller, service }, input }) =>
      verifyAudit(service.stores, caller.workspaceId, input ?? {}),
    ),
} satisfies TRPCRouterRecord;
