import type { TRPCRouterRecord } from '@trpc/server';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { requireFreshProof } from '../gate/rights/fresh-proof.ts';
import { EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { widensAccess } from './access-reduction.ts';
import { describeChange } from './audit-change.ts';
import { changeKey } from './change-key.ts';
import { createKey } from './create.ts';
import { EXAMPLE_KEY_INPUT, EXAMPLE_NEW_KEY } from './examples.ts';
import { exchangeRoutes } from './exchange/routes.ts';
import { findKeyInWorkspace } from './find.ts';
import { checkExternalOwnerAssignment, checkSelfPolicyChange } from './key-restrictions.ts';
import { viewOf } from './key-view.ts';
import { checkAhead, checkVocabulary } from './privilege-escalation.ts';
import { readRoutes } from './read-routes.ts';
import { revocationRoutes } from './revocation-routes.ts';
import { rotationRoutes } from './rotation-routes.ts';
import { CreateKeyInput, CreateKeyOutput, Key, UpdateKeyInput } from './schemas.ts';
import { tailRoutes } from './tail-routes.ts';
import { checkUpdate, updateKey } from './update.ts';

const WRITE_GUARD = { access: 'key-or-user', permission: 'keys:write' } as const;

/** `keys.*`. */
export const keyRoutes = {
  create: procedure({
    ...WRITE_GUARD,
    description:
      "Creates a key in the caller's workspace. `secret` and `signingSecret` are shown only here. A key cannot create a key that is less restricted than itself. `service: true` requires `workspaces:write`, or another service key. A user creates a live key only if they signed in or re-authenticated within the last ten minutes (otherwise `STEP_UP_REQUIRED`). The same call with the same `idempotencyKey` creates only one key. [API keys](keys.md) describes each field, and what a caller may create.",
    shapes: {
      input:
        "`{ name, environment: 'live' | 'test', permissions, expiresAt?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata?, service?, publicKey?, proof?, idempotencyKey? }`",
      output: '`{ key, secret, signingSecret }`',
    },
    refusals: ['ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'STEP_UP_REQUIRED', 'IDEMPOTENCY_MISMATCH'],
    example: { input: EXAMPLE_KEY_INPUT, output: EXAMPLE_NEW_KEY },
  })
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions, config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      return stores.writes.transaction(payerOfCaller(ctx.caller), (tx) => createKey(ctx, tx, input));
    }),

  ...readRoutes,

  update: procedure({
    ...WRITE_GUARD,
    description:
      'Changes a key; at least one field besides `id`. `expiresAt: null` removes the expiry, `enabled: false` disables the key, `externalId: null` detaches it from its external owner. Lists, `credits` and `metadata` are replaced as a whole: `limits: []` removes all limits, `credits: null` ends the counting. Changing the name or the metadata, disabling the key, or narrowing it without granting anything requires only `keys:write`. Any other change requires the right to the secrets of the changed key, as for `keys.rotate`: only the owner of a personal key, or another of their keys, can widen, extend and enable it. A key can change neither its own limits nor its own credits. A user lets a live key do more only if they signed in or re-authenticated within the last ten minutes (otherwise `STEP_UP_REQUIRED`). Once this call has returned, every instance refuses what was taken away. A revoked key cannot be changed, and a key from `keys.exchange` that has expired stays expired.',
    shapes: {
      input:
        '`{ id, name?, permissions?, expiresAt?, enabled?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata? }`',
      output: '`key`',
    },
    refusals: ['KEY_NOT_FOUND', 'CONFLICT', 'ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'STEP_UP_REQUIRED'],
    example: {
      input: { id: EXAMPLE_KEY.id, name: 'Billing, EU' },
      output: { ...EXAMPLE_KEY, name: 'Billing, EU' },
    },
  })
    .input(UpdateKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions ?? [], config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      const updated = await changeKey(ctx, input, async ({ tx, caller, row, externalOwner, now }) => {
        checkSelfPolicyChange(caller, input);
        checkExternalOwnerAssignment(caller, input.externalId);
        const reducedBy = checkUpdate(caller, row, input);
        const needsFreshProof = row.environment === 'live' && widensAccess(row, input);
        if (needsFreshProof) requireFreshProof(caller, now.getTime());
        await updateKey(tx, row, input, { externalOwner, reducedBy, now });
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        const credits = input.credits !== undefined;
        await stores.audit.record(tx, ctx, describeChange('keys.update', row, after, { credits }));
        return after;
      });
      return viewOf(updated, stores);
    }),

  ...rotationRoutes,
  ...revocationRoutes,
  ...tailRoutes,
  ...exchangeRoutes,
} satisfies TRPCRouterRecord;
