import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { externalOwners } from '../../../drizzle/schema.ts';
import { lockCaller } from '../../gate/lock-caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import { procedure } from '../../rpc/trpc.ts';
import { type ExternalOwner, invalidateKeysOf } from '../../stores/credentials/external-owners.ts';
import { writeCredits } from '../../stores/limits/credits.ts';
import { findOwner, listOwners } from './find.ts';
import { GetOwnerInput, ListOwnersInput, ListOwnersOutput, Owner, UpdateOwnerInput } from './schemas.ts';
import { checkWidening, loosens } from './widening.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
/** What bounds an owner bounds its live keys too. */
const writing = procedure({ access: 'key-or-user', permission: 'keys:write', environment: 'live' });

export const ownerRoutes = {
  /**
   * Bounds all keys of an external owner together; makes the owner where there is none. What takes away needs
   * `keys:write` alone, anything else the right to every key of the owner.
   */
  update: writing
    .input(UpdateOwnerInput)
    .output(Owner)
    .mutation(async ({ ctx, input: { externalId, limits, credits } }) => {
      const { stores } = ctx.service;
      const { database, credentials, clock, audit } = stores;
      const { id, owner } = await database.db.transaction(async (tx) => {
        const beside = { externalId, changesOwner: true };
        const { caller, externalOwner } = await lockCaller(tx, stores, ctx, 'keys:write', beside);
        // An owner's keys do not loosen what bounds them.
        if (caller.kind === 'key' && caller.key.externalId !== null) {
          throw new Refusal('ESCALATION_DENIED', { missing: 'externalId' });
        }
        const { id } = externalOwner as ExternalOwner;
        const { workspaceId } = caller;
        const now = clock();
        const before = await findOwner(tx, workspaceId, externalId, now);
        if (loosens(before, { limits, credits })) await checkWidening(tx, caller, { id, externalId });
        if (limits) await tx.update(externalOwners).set({ limits }).where(eq(externalOwners.id, id));
        if (credits !== undefined) await writeCredits(tx, id, credits, new Date(now));
        await invalidateKeysOf(tx, id);
        const owner = await findOwner(tx, workspaceId, externalId, now);
        // What was spent meanwhile is nobody's change.
        const after = credits === undefined ? { ...owner, credits: before.credits } : owner;
        const change = { action: 'owners.update', kind: 'externalOwner', subject: externalId } as const;
        await audit.record(tx, ctx, { ...change, before, after });
        return { id, owner };
      });
      credentials.changed({ externalOwner: id });
      return owner;
    }),

  get: reading
    .input(GetOwnerInput)
    .output(Owner)
    .query(({ ctx: { caller, service }, input }) => {
      const { database, clock } = service.stores;
      return findOwner(database.db, caller.workspaceId, input.externalId, clock());
    }),

  list: reading
    .input(ListOwnersInput)
    .output(ListOwnersOutput)
    .query(({ ctx: { caller, service }, input }) => {
      const { database, clock } = service.stores;
      return listOwners(database.db, caller.workspaceId, input ?? {}, clock());
    }),
} satisfies TRPCRouterRecord;
