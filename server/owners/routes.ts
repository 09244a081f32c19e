import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { externalOwners } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import { writeCredits } from '../stores/credits.ts';
import { holdExternalOwner, raiseKeysOf } from '../stores/external-owners.ts';
import { procedure } from '../trpc.ts';
import { findOwner, listOwners } from './find.ts';
import { GetOwnerInput, ListOwnersInput, ListOwnersOutput, Owner, UpdateOwnerInput } from './schemas.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
/** What bounds an owner bounds its live keys too. */
const writing = procedure({ access: 'key-or-user', permission: 'keys:write', environment: 'live' });

export const owners = {
  /** Bounds all keys of an external owner together; makes the owner where there is none. */
  update: writing
    .input(UpdateOwnerInput)
    .output(Owner)
    .mutation(async ({ ctx, input: { externalId, limits, credits } }) => {
      const { caller, service } = ctx;
      const { database, credentials, clock, audit } = service.stores;
      // An owner's keys do not loosen what bounds them.
      if (caller.kind === 'key' && caller.key.externalId !== null) {
        throw new Refusal('ESCALATION_DENIED', { missing: 'externalId' });
      }
      const { workspaceId } = caller;
      const { id, owner } = await database.db.transaction(async (tx) => {
        const now = clock();
        const held = await holdExternalOwner(tx, workspaceId, externalId, 'to change');
        const before = await findOwner(tx, workspaceId, externalId, now);
        if (limits) await tx.update(externalOwners).set({ limits }).where(eq(externalOwners.id, held.id));
        if (credits !== undefined) await writeCredits(tx, held.id, credits, new Date(now));
        await raiseKeysOf(tx, held.id);
        const owner = await findOwner(tx, workspaceId, externalId, now);
        // What was spent meanwhile is nobody's change.
        const after = credits === undefined ? { ...owner, credits: before.credits } : owner;
        const change = { action: 'owners.update', kind: 'externalOwner', subject: externalId } as const;
        await audit.record(tx, ctx, { ...change, before, after });
        return { id: held.id, owner };
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
