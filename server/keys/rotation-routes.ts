import type { TRPCRouterRecord } from '@trpc/server';
import { requireFreshProof } from '../gate/rights/fresh-proof.ts';
import { registerPublicKey } from '../gate/signature/possession.ts';
import { EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { describeChange } from './audit-change.ts';
import { changeKey } from './change-key.ts';
import { checkCredentialRight } from './credential-rights.ts';
import { EXAMPLE_ROTATED_KEY } from './examples.ts';
import { findKeyInWorkspace } from './find.ts';
import { claimIdempotencyKey, NOT_SHOWN_AGAIN } from './idempotency.ts';
import { viewOf } from './key-view.ts';
import { rotateKey } from './rotate.ts';
import { RotateKeyInput, RotateKeyOutput } from './schemas.ts';

const WRITE_GUARD = { access: 'key-or-user', permission: 'keys:write' } as const;

/** New secrets for a key. */
export const rotationRoutes = {
  rotate: procedure({
    ...WRITE_GUARD,
    description:
      'Gives a key new secrets, under the same id. The current secrets remain valid for `graceSeconds` (0 to 2,592,000), older ones do not; each signing secret works only with its own API key. `key.previous` shows until when the previous secrets are valid and when they were last used. A key that is revoked, expired or disabled is not rotated. The secrets of a personal key go to its owner, or to another key of that owner, and to no other caller, whatever their role; those of a service key go to a caller who could make one. No caller gets the secrets of a key that may do more than the caller. A calling key also cannot get the secrets of a less restricted key, of a key that was narrowed by a caller with fewer rights, or, with the secrets from before a rotation, of a key that would outlive their grace period. A user rotates a live key only if they signed in or re-authenticated within the last ten minutes (otherwise `STEP_UP_REQUIRED`). Limits and credits remain unchanged. With `publicKey` and `proof` there is no new signing secret; see [Keys without a shared secret](standard-signatures.md#keys-without-a-shared-secret).',
    shapes: {
      input: '`{ id, graceSeconds, publicKey?, proof?, idempotencyKey? }`',
      output: '`{ key, secret, signingSecret, previousValidUntil }`',
    },
    refusals: [
      'KEY_NOT_FOUND',
      'CONFLICT',
      'ESCALATION_DENIED',
      'ENVIRONMENT_DENIED',
      'STEP_UP_REQUIRED',
      'IDEMPOTENCY_MISMATCH',
    ],
    example: { input: { id: EXAMPLE_KEY.id, graceSeconds: 86_400 }, output: EXAMPLE_ROTATED_KEY },
  })
    .input(RotateKeyInput)
    .output(RotateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      const result = await changeKey(ctx, { id: input.id }, async ({ tx, caller, row, now }) => {
        checkCredentialRight(caller, row, 'receive');
        // A key's secrets are as good as a new key: a stolen session could otherwise obtain those of a live key, with a grace
        // period in which its holder notices nothing.
        if (row.environment === 'live') requireFreshProof(caller, now.getTime());
        const once = { caller, procedure: 'keys.rotate', input, keyId: row.id, now };
        const again = (await claimIdempotencyKey(tx, once)) !== null;
        const made = again
          ? NOT_SHOWN_AGAIN
          : await rotateKey(stores, tx, {
              brand: config.brand,
              row,
              graceSeconds: input.graceSeconds,
              publicKey: await registerPublicKey(tx, input, { issuer: ctx.service.issuer, now }),
            });
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        if (!again) await stores.audit.record(tx, ctx, describeChange('keys.rotate', row, after));
        return { key: viewOf(after, stores), ...made };
      });
      return { ...result, previousValidUntil: result.key.previous?.validUntil ?? null };
    }),
} satisfies TRPCRouterRecord;
