import type { TRPCRouterRecord } from '@trpc/server';
import { credentialKey } from '../gate/credential-id.ts';
import { procedure } from '../rpc/trpc.ts';
import { listAudit } from './list.ts';
import { ListAuditInput, ListAuditOutput, VerifyAuditInput, VerifyAuditOutput } from './schemas.ts';
import { verifyAudit } from './verify.ts';

const reading = procedure({ access: 'key-or-user', permission: 'audit:read' });

export const auditRoutes = {
  list: reading
    .input(ListAuditInput)
    .output(ListAuditOutput)
    .query(({ ctx: { caller, service }, input }) =>
      listAudit(service.stores, caller.workspaceId, input ?? {}),
    ),

  /** Whether anybody but the service has touched the records. */
  verify: procedure({ access: 'key-or-user', permission: 'audit:read', batch: false })
    .input(VerifyAuditInput)
    .output(VerifyAuditOutput)
    .query(({ ctx: { caller, service }, input, signal }) => {
      const payer = credentialKey(caller);
      const verify = () => verifyAudit(service.stores, caller.workspaceId, input ?? {}, signal);
      return service.stores.verifications.run(payer, verify);
    }),
} satisfies TRPCRouterRecord;
