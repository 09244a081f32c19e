import type { TRPCRouterRecord } from '@trpc/server';
import { procedure } from '../rpc/trpc.ts';
import { VERIFY_EXAMPLE } from './examples.ts';
import { VerifyInput, VerifyOutput } from './schemas.ts';
import { verify as verifyRequest } from './verify.ts';

/** Bytes of JSON: 32 spellings of a target of 16 KiB, and 128 KiB of headers. */
const MAX_VERIFY_INPUT = 640 * 1024;

export const verifyRoutes = {
  verify: procedure({
    access: 'key',
    permission: 'requests:verify',
    maxInput: MAX_VERIFY_INPUT,
    description:
      'Decides whether another service may carry out a request that it received, and claims its nonce: [Verify a request](verify-a-request.md). The status is 200 whatever the verdict; an outage fails with `UNAVAILABLE`, and must not admit the request. The key sees only callers of its own workspace, only keys of its own environment, and only requests to the hosts in its `authorities`.',
    shapes: {
      input:
        '`{ method, authority, target, headers, otherTargets?, bodySha256, bodySha512?, scheme?, address?, require?, cost?, limit?, dryRun? }`',
      output:
        "`{ valid: true, caller, signature, permissions, limits, credits }` or `{ valid: false, reason, httpStatus, message, docs, limits, … }`; of a dry run the same with `dryRun: 'admitted'` or `'refused'` instead of `valid`",
    },
    example: VERIFY_EXAMPLE,
  })
    .input(VerifyInput)
    .output(VerifyOutput)
    .mutation(({ ctx: { caller, service, request }, input }) =>
      verifyRequest(service, caller, input, request),
    ),
} satisfies TRPCRouterRecord;
