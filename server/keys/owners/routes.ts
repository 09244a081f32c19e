import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { externalOwners } from '../../../drizzle/schema/keys.ts';
import { payerOfCaller } from '../../gate/caller/caller-payer.ts';
import { lockCaller } from '../../gate/lock-caller.ts';
import { requireFreshProof } from '../../gate/rights/fresh-proof.ts';
import { procedure } from '../../rpc/trpc.ts';
import { type ExternalOwner, invalidateKeysOf } from '../../stores/credentials/external-owners.ts';
import { writeCredits } from '../../stores/limits/credit-policy.ts';
import { EXAMPLE_OWNER } from '../examples.ts';
import { findOwner, listOwners } from './find.ts';
import { GetOwnerInput, ListOwnersInput, ListOwnersOutput, Owner, UpdateOwnerInput } from './schemas.ts';
import { checkNoExternalOwner, checkWidening, widensPolicy } from './widening.ts';

const READ_GUARD = { access: 'key-or-user', permission: 'keys:read' } as const;
/** The bounds of an owner also apply to its live keys. */
const WRITE_GUARD = { access: 'key-or-user', permission: 'keys:write', environment: 'live' } as const;

export const ownerRoutes = {
  update: procedure({
    ...WRITE_GUARD,
    description:
      "Sets limits and credits that all keys of an external owner share, and creates the owner if there is none (a key with a new `externalId` creates it too). At least one of `limits` and `credits`, each as for a key and replaced as a whole: `limits: []` removes all limits, `credits: null` ends the counting. It applies as of the next request, on every instance. A test key cannot call it, because an owner's limits apply to its live keys too; nor can a key that is itself tied to an external owner. A change that only restricts requires only `keys:write`. Any other change lets every key of the owner do more, and requires the right to extend each of them: your own keys, or all if you may manage service keys (the roles owner and admin, and service keys, which must not be weaker than the keys of the owner), and a user must have signed in or re-authenticated within the last ten minutes (otherwise `STEP_UP_REQUIRED`). The IP addresses and authorities of at most 1,000 keys are compared with those of a calling key: if there are more, only a user, or a key without `allowedAddresses` if none of the keys has `authorities`, can do it. If the external owner has more than 10,000 keys, only an owner of the workspace can.",
    shapes: {
      input: '`{ externalId, limits?, credits? }`',
      output: '`{ externalId, limits, credits, createdAt }`',
    },
    refusals: ['ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'STEP_UP_REQUIRED'],
    example: {
      input: { externalId: EXAMPLE_OWNER.externalId, limits: EXAMPLE_OWNER.limits },
      output: EXAMPLE_OWNER,
    },
  })
    .input(UpdateOwnerInput)
    .output(Owner)
    .mutation(async ({ ctx, input: { externalId, limits, credits } }) => {
      const { stores } = ctx.service;
      const { database, writes, credentials, clock, audit } = stores;
      // PGlite's only process has the only cache, and one connection, which thousands of keys would occupy for a long time.
      const hasOtherInstances = database.kind === 'postgres';
      // Before the locks, and again under them.
      checkNoExternalOwner(ctx.caller);
      const { id, owner } = await writes.transaction(payerOfCaller(ctx.caller), async (tx) => {
        const { caller, externalOwner } = await lockCaller(tx, stores, ctx, {
          permission: 'keys:write',
          externalId,
          updatesExternalOwner: true,
          updatesKeysOfExternalOwner: hasOtherInstances,
        });
        checkNoExternalOwner(caller);
        const { id } = externalOwner as ExternalOwner;
        const { workspaceId } = caller;
        const now = clock();
        const before = await findOwner(tx, workspaceId, externalId, now);
        if (widensPolicy(before, { limits, credits })) {
          await checkWidening(tx, caller, { id, externalId });
          requireFreshProof(caller, now);
        }
        if (limits) await tx.update(externalOwners).set({ limits }).where(eq(externalOwners.id, id));
        if (credits !== undefined) await writeCredits(tx, id, credits, new Date(now));
        if (hasOtherInstances) await invalidateKeysOf(tx, id);
        const owner = await findOwner(tx, workspaceId, externalId, now);
        // Credits that were spent in the meantime are not part of the change.
        const after = credits === undefined ? { ...owner, credits: before.credits } : owner;
        const change = { action: 'owners.update', kind: 'externalOwner', subject: externalId } as const;
        await audit.record(tx, ctx, { ...change, before, after });
        return { id, owner };
      });
      credentials.changed({ externalOwner: id });
      return owner;
    }),

  get: procedure({
    ...READ_GUARD,
    description: 'Returns an external owner, with the current value of its credits.',
    shapes: { input: '`{ externalId }`', output: '`{ externalId, limits, credits, createdAt }`' },
    refusals: ['OWNER_NOT_FOUND'],
    example: { input: { externalId: EXAMPLE_OWNER.externalId }, output: EXAMPLE_OWNER },
  })
    .input(GetOwnerInput)
    .output(Owner)
    .query(({ ctx: { caller, service }, input }) => {
      const { database, clock } = service.stores;
      return findOwner(database.db, caller.workspaceId, input.externalId, clock());
    }),

  list: procedure({
    ...READ_GUARD,
    description:
      "Lists the workspace's external owners, by `externalId`. `limit` is 1 to 100, default 50; `nextCursor` works as in `keys.list`.",
    shapes: { input: '`{ limit?, cursor? }?`', output: '`{ items, nextCursor }`' },
    example: { input: { limit: 20 }, output: { items: [EXAMPLE_OWNER], nextCursor: null } },
  })
    .input(ListOwnersInput)
    .output(ListOwnersOutput)
    .query(({ ctx: { caller, service }, input }) => {
      const { database, clock } = service.stores;
      return listOwners(database.db, caller.workspaceId, input ?? {}, clock());
    }),
} satisfies TRPCRouterRecord;
