import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { checkAhead, checkCeiling, checkEnvironment, checkVocabulary } from './ceiling.ts';
import { insertKey, newKeyId } from './create.ts';
import { doneBefore } from './idempotency.ts';
import { madeOf, shownAgain, viewOf } from './key-view.ts';
import { findOwn, listKeys } from './list.ts';
import { revokeKey } from './revoke.ts';
import { rotateKey } from './rotate.ts';
import {
  CreateKeyInput,
  CreateKeyOutput,
  DeleteKeyInput,
  GetKeyInput,
  Key,
  ListKeysInput,
  ListKeysOutput,
  RevokeKeyInput,
  RotateKeyInput,
  RotateKeyOutput,
  UpdateKeyInput,
} from './schemas.ts';
import { deleteKey, updateKey, widens } from './update.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
const writing = procedure({ access: 'key-or-user', permission: 'keys:write' });

export const keys = {
  create: writing
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores, config } = service;
      checkVocabulary(input.permissions, config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      checkEnvironment(caller, input.environment);
      checkCeiling(caller, input.permissions);
      const { idempotencyKey: _, expiresAt, ...fields } = input;
      const { workspaceId } = caller;
      const keyId = newKeyId();
      const now = new Date(stores.clock());
      return stores.database.db.transaction(async (tx) => {
        const before = await doneBefore(tx, { caller, procedure: 'keys.create', input, keyId, now });
        if (before !== null) return shownAgain(await findOwn(tx, workspaceId, before), stores);
        const made = {
          ...fields,
          workspaceId,
          ownerId: caller.kind === 'user' ? caller.userId : caller.key.ownerId,
          expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
          createdAt: now,
        };
        return madeOf(await insertKey(tx, stores.vault, config.brand, made, keyId), stores);
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
      return viewOf(await findOwn(stores.database.db, caller.workspaceId, input.id), stores);
    }),

  update: writing
    .input(UpdateKeyInput)
    .output(Key)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores, config } = service;
      checkVocabulary(input.permissions ?? [], config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      const updated = await stores.database.db.transaction(async (tx) => {
        const row = await findOwn(tx, caller.workspaceId, input.id, 'to change');
        checkEnvironment(caller, row.environment);
        if (widens(input)) checkCeiling(caller, input.permissions ?? row.permissions);
        return updateKey(tx, row, input);
      });
      stores.credentials.changed({ key: updated.id });
      return viewOf(updated, stores);
    }),

  rotate: writing
    .input(RotateKeyInput)
    .output(RotateKeyOutput)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores, config } = service;
      const now = new Date(stores.clock());
      const answer = await stores.database.db.transaction(async (tx) => {
        const row = await findOwn(tx, caller.workspaceId, input.id, 'to change');
        checkEnvironment(caller, row.environment);
        // Whoever is shown the new secrets can do what the key can.
        checkCeiling(caller, row.permissions);
        const once = { caller, procedure: 'keys.rotate', input, keyId: row.id, now };
        if ((await doneBefore(tx, once)) !== null) return shownAgain(row, stores);
        return madeOf(await rotateKey(stores, tx, config.brand, row, input.graceSeconds), stores);
      });
      stores.credentials.changed({ key: answer.key.id });
      return { ...answer, previousValidUntil: answer.key.previous?.validUntil ?? null };
    }),

  revoke: writing
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const { db } = stores.database;
      const row = await findOwn(db, caller.workspaceId, input.id);
      checkEnvironment(caller, row.environment);
      await revokeKey(stores, row.id, input.reason ?? null);
      return viewOf(await findOwn(db, caller.workspaceId, row.id), stores);
    }),

  delete: writing
    .input(DeleteKeyInput)
    .output(z.object({}))
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      await stores.database.db.transaction(async (tx) => {
        const row = await findOwn(tx, caller.workspaceId, input.id, 'to change');
        checkEnvironment(caller, row.environment);
        await deleteKey(stores, tx, row);
      });
      return {};
    }),
} satisfies TRPCRouterRecord;
