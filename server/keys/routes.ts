import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { holdExternalOwner } from '../stores/external-owners.ts';
import { procedure } from '../trpc.ts';
import { boundsOf, checkBounds, checkOwnPolicy, checkTie, UNBOUND } from './bounds.ts';
import { checkAhead, checkCeiling, checkEnvironment, checkVocabulary } from './ceiling.ts';
import { changed } from './changed.ts';
import { createKey, newKeyId } from './create.ts';
import { findOwn } from './find.ts';
import { doneBefore } from './idempotency.ts';
import { viewOf } from './key-view.ts';
import { limitsOf } from './limits.ts';
import { listKeys } from './list.ts';
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
import { checkService, ownerOf } from './service-keys.ts';
import { events, watchKey } from './tail.ts';
import { deleteKey, updateKey, widens } from './update.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
const writing = procedure({ access: 'key-or-user', permission: 'keys:write' });

/** What is answered under an idempotency key that was used: secrets are shown once. */
const NOT_SHOWN_AGAIN = { secret: null, signingSecret: null };

export const keys = {
  create: writing
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { caller, service } = ctx;
      const { stores, config } = service;
      checkVocabulary(input.permissions, config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      checkEnvironment(caller, input.environment);
      checkCeiling(caller, input.permissions);
      checkTie(caller, input.externalId);
      checkBounds(caller, boundsOf(UNBOUND, input));
      const ownerId = ownerOf(caller, input.service);
      const keyId = newKeyId();
      return stores.database.db.transaction(async (tx) => {
        const now = new Date(stores.clock());
        const before = await doneBefore(tx, { caller, procedure: 'keys.create', input, keyId, now });
        const made =
          before === null
            ? await createKey(service, tx, caller, ownerId, input, keyId, now)
            : NOT_SHOWN_AGAIN;
        const row = await findOwn(tx, caller.workspaceId, before ?? keyId, now.getTime());
        if (before === null) await stores.audit.record(tx, ctx, changed('keys.create', null, row));
        return { key: viewOf(row, stores), ...made };
      });
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
      return viewOf(await findOwn(stores.database.db, caller.workspaceId, input.id, stores.clock()), stores);
    }),

  /** How much of a key's limits is left. */
  limits: reading
    .input(GetKeyInput)
    .output(KeyLimitsOutput)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const row = await findOwn(stores.database.db, caller.workspaceId, input.id, stores.clock());
      return { items: await limitsOf(stores, row) };
    }),

  update: writing
    .input(UpdateKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { caller, service } = ctx;
      const { stores, config } = service;
      const { workspaceId } = caller;
      checkVocabulary(input.permissions ?? [], config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      checkOwnPolicy(caller, input);
      checkTie(caller, input.externalId);
      const updated = await stores.database.db.transaction(async (tx) => {
        const now = stores.clock();
        const owner = input.externalId
          ? await holdExternalOwner(tx, workspaceId, input.externalId, 'to tie a key to it')
          : null;
        const row = await findOwn(tx, workspaceId, input.id, now, 'to change');
        checkEnvironment(caller, row.environment);
        if (widens(input)) {
          if (row.ownerId === null) checkService(caller);
          checkCeiling(caller, input.permissions ?? row.permissions);
          checkBounds(caller, boundsOf(row, input));
        }
        await updateKey(tx, row, input, owner, new Date(now));
        const after = await findOwn(tx, workspaceId, row.id, now);
        const credits = input.credits !== undefined;
        await stores.audit.record(tx, ctx, changed('keys.update', row, after, { credits }));
        return after;
      });
      stores.credentials.changed({ key: updated.id });
      return viewOf(updated, stores);
    }),

  rotate: writing
    .input(RotateKeyInput)
    .output(RotateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { caller, service } = ctx;
      const { stores, config } = service;
      const answer = await stores.database.db.transaction(async (tx) => {
        const now = new Date(stores.clock());
        const row = await findOwn(tx, caller.workspaceId, input.id, now.getTime(), 'to change');
        checkEnvironment(caller, row.environment);
        // Whoever is shown the new secrets can do what the key can.
        if (row.ownerId === null) checkService(caller);
        checkCeiling(caller, row.permissions);
        if (caller.kind !== 'key' || caller.key.id !== row.id) checkBounds(caller, row);
        const once = { caller, procedure: 'keys.rotate', input, keyId: row.id, now };
        const again = (await doneBefore(tx, once)) !== null;
        const made = again
          ? NOT_SHOWN_AGAIN
          : await rotateKey(stores, tx, config.brand, row, input.graceSeconds);
        const after = await findOwn(tx, row.workspaceId, row.id, now.getTime());
        if (!again) await stores.audit.record(tx, ctx, changed('keys.rotate', row, after));
        return { key: viewOf(after, stores), ...made };
      });
      stores.credentials.changed({ key: answer.key.id });
      return { ...answer, previousValidUntil: answer.key.previous?.validUntil ?? null };
    }),

  revoke: writing
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { caller, service } = ctx;
      const { stores } = service;
      const revoked = await stores.database.db.transaction(async (tx) => {
        const now = stores.clock();
        const row = await findOwn(tx, caller.workspaceId, input.id, now, 'to change');
        checkEnvironment(caller, row.environment);
        // A second time changes nothing.
        if (row.revokedAt) return row;
        await revokeKey(tx, row.id, input.reason ?? null, now);
        const after = await findOwn(tx, caller.workspaceId, row.id, now);
        await stores.audit.record(tx, ctx, changed('keys.revoke', row, after));
        return after;
      });
      stores.credentials.changed({ key: revoked.id });
      return viewOf(revoked, stores);
    }),

  delete: writing
    .input(DeleteKeyInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      const { caller, service } = ctx;
      const { stores } = service;
      await stores.database.db.transaction(async (tx) => {
        const row = await findOwn(tx, caller.workspaceId, input.id, stores.clock(), 'to change');
        checkEnvironment(caller, row.environment);
        await deleteKey(stores, tx, row);
        await stores.audit.record(tx, ctx, changed('keys.delete', row, null));
      });
      return {};
    }),

  tail: procedure({ access: 'key-or-user', permission: 'usage:read' })
    .input(TailKeyInput)
    .subscription(async ({ ctx: { caller, service }, input: { id, lastEventId }, signal: left }) => {
      const { stores } = service;
      const { workspaceId } = caller;
      const signal = left as AbortSignal;
      const look = () => findOwn(stores.database.db, workspaceId, id, stores.clock());
      await look();
      const tail = await watchKey(stores, id, workspaceId, signal);
      return events({ tail, lastEventId, look, signal });
    }),
} satisfies TRPCRouterRecord;
