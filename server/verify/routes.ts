import type { TRPCRouterRecord } from '@trpc/server';
import { procedure } from '../rpc/trpc.ts';
import { VerifyInput, VerifyOutput } from './schemas.ts';
import { verify as judge } from './verify.ts';

export const verifyRoutes = {
  /** Says whether a request that another service received is to be carried out, and claims it. */
  verify: procedure({ access: 'key', permission: 'requests:verify' })
    .input(VerifyInput)
    .output(VerifyOutput)
    .mutation(({ ctx: { caller, service, request }, input }) => judge(service, caller, input, request)),
} satisfies TRPCRouterRecord;
