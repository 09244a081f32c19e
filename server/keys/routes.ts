import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../rpc/trpc.ts';
import { describeChange } from './audit-change.ts';
import { checkExternalOwnerAssignment, checkOwnPolicy } from './bounds.ts';
import { changeKey } from './change-key.ts';
import { createKey } from './create.ts';
import { checkCredentialRight } from './credential-rights.ts';
import { findKeyInWorkspace } from './find.ts';
import { claimIdempotencyKey, NOT_SHOWN_AGAIN } from './idempotency.ts';
import { viewOf } from './key-view.ts';
import { limitsOf } from './limits.ts';
import { listKeys } from './list.ts';
import { checkAhead, checkVocabulary } from './privilege-escalation.ts';
import { revokeKey } from './revoke.ts';
import { rotateKey } from './rotate.ts';
import {
  CreateKeyInput,
  CreateKeyOutput,
  DeleteKeyInput,
  GetKeyInput,
  Key,
  KeyLimitsOutput,
  ListKeysInput,
  ListKeysOutput,
  RevokeKeyInput,
  RotateKeyInput,
  RotateKeyOutput,
  TailKeyInput,
  UpdateKeyInput,
} from './schemas.ts';
import { events, watchKey } from './tail.ts';
import { deleteKey, judgeUpdate, updateKey } from './update.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
const writing = procedure({ access: 'key-or-user', permission: 'keys:write' });

export const keyRoutes = {
  create: writing
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions, config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      return stores.database.db.transaction((tx) => createKey(ctx, tx, input));
    }),

  list: reading
    .input(ListKeysInput)
    .output(ListKeysOutput)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { rows, nextCursor } = await listKeys(service.stores, caller.workspaceId, input ?? {});
      return { items: rows.map((row) => viewOf(row, service.stores)), nextCursor };
    }),

  get: reading
    .input(GetKeyInput)
    .output(Key)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      return viewOf(
        await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock()),
        stores,
      );
    }),

  /** How much of a key's limits is left. */
  limits: reading
    .input(GetKeyInput)
    .output(KeyLimitsOutput)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const row = await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock());
      return { items: await limitsOf(stores, row) };
    }),

  update: writing
    .input(UpdateKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions ?? [], config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      const updated = await changeKey(ctx, input, async ({ tx, caller, row, externalOwner, now }) => {
        checkOwnPolicy(caller, input);
        checkExternalOwnerAssignment(caller, input.externalId);
        const reducedBy = judgeUpdate(caller, row, input);
        await updateKey(tx, row, input, { externalOwner, reducedBy, now });
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        const credits = input.credits !== undefined;
        await stores.audit.record(tx, ctx, describeChange('keys.update', row, after, { credits }));
        return after;
      });
      return viewOf(updated, stores);
    }),

  rotate: writing
    .input(RotateKeyInput)
    .output(RotateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      const answer = await changeKey(ctx, { id: input.id }, async ({ tx, caller, row, now }) => {
        checkCredentialRight(caller, row, 'receive');
        const once = { caller, procedure: 'keys.rotate', input, keyId: row.id, now };
        const again = (await claimIdempotencyKey(tx, once)) !== null;
        const made = again
          ? NOT_SHOWN_AGAIN
          : await rotateKey(stores, tx, config.brand, row, input.graceSeconds);
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        if (!again) await stores.audit.record(tx, ctx, describeChange('keys.rotate', row, after));
        return { key: viewOf(after, stores), ...made };
      });
      return { ...answer, previousValidUntil: answer.key.previous?.validUntil ?? null };
    }),

  revoke: writing
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      const revoked = await changeKey(ctx, { id: input.id }, async ({ tx, row, now }) => {
        // A second time changes nothing.
        if (row.revokedAt) return row;
        await revokeKey(tx, row.id, input.reason ?? null, now.getTime());
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        await stores.audit.record(tx, ctx, describeChange('keys.revoke', row, after));
        return after;
      });
      return viewOf(revoked, stores);
    }),

  delete: writing
    .input(DeleteKeyInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      await changeKey(ctx, input, async ({ tx, row }) => {
        await deleteKey(stores, tx, row);
        await stores.audit.record(tx, ctx, describeChange('keys.delete', row, null));
      });
      return {};
    }),

  tail: procedure({ access: 'key-or-user', permission: 'usage:read' })
    .input(TailKeyInput)
    .subscription(async ({ ctx: { caller, service }, input: { id, lastEventId }, signal: left }) => {
      const { stores } = service;
      const { workspaceId } = caller;
      const signal = left as AbortSignal;
      const look = () => findKeyInWorkspace(stores.database.db, workspaceId, id, stores.clock());
      await look();
      const tail = await watchKey(stores, id, workspaceId, signal);
      return events({ tail, lastEventId, look, signal });
    }),
} satisfies TRPCRouterRecord;
