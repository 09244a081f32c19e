import type { TRPCRouterRecord } from '@trpc/server';
import { and, eq } from 'drizzle-orm';
import { keys as table } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Stores } from '../stores/stores.ts';
import { procedure } from '../trpc.ts';
import { checkCeiling, checkEnvironment } from './ceiling.ts';
import { insertKey } from './create.ts';
import { viewOf } from './key-view.ts';
import { listKeys } from './list.ts';
import { revokeKey } from './revoke.ts';
import {
  CreateKeyInput,
  CreateKeyOutput,
  GetKeyInput,
  Key,
  ListKeysInput,
  ListKeysOutput,
  RevokeKeyInput,
} from './schemas.ts';

const reading = procedure({ access: 'key-or-user', permission: 'keys:read' });
const writing = procedure({ access: 'key-or-user', permission: 'keys:write' });

export const keys = {
  create: writing
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores, config } = service;
      const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
      checkVocabulary(input.permissions, config.permissions);
      if (expiresAt && expiresAt.getTime() <= stores.clock()) throw invalid('expiresAt', 'must lie ahead');
      checkEnvironment(caller, input.environment);
      checkCeiling(caller, input.permissions);
      const created = await insertKey(stores.database.db, stores.vault, config.brand, {
        ...input,
        workspaceId: caller.workspaceId,
        ownerId: caller.kind === 'user' ? caller.userId : caller.key.ownerId,
        expiresAt,
        createdAt: new Date(stores.clock()),
      });
      return {
        key: viewOf(created.row, stores),
        secret: created.secret,
        signingSecret: created.signingSecret,
      };
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
    .query(async ({ ctx: { caller, service }, input }) =>
      viewOf(await findOwn(service.stores, caller.workspaceId, input.id), service.stores),
    ),

  revoke: writing
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const row = await findOwn(stores, caller.workspaceId, input.id);
      checkEnvironment(caller, row.environment);
      await revokeKey(stores, row.id, input.reason ?? null);
      return viewOf(await findOwn(stores, caller.workspaceId, row.id), stores);
    }),
} satisfies TRPCRouterRecord;

/** A key of the caller's own workspace. Refuses with KEY_NOT_FOUND, for other workspaces' keys too. */
async function findOwn(stores: Stores, workspaceId: string, id: string) {
  const [row] = await stores.database.db
    .select()
    .from(table)
    .where(and(eq(table.id, id), eq(table.workspaceId, workspaceId)));
  if (!row) throw new Refusal('KEY_NOT_FOUND');
  return row;
}

/** Refuses with INPUT_INVALID what is no permission of this service. */
function checkVocabulary(permissions: readonly string[], vocabulary: readonly string[]): void {
  const areas = new Set(vocabulary.map((name) => name.split(':')[0]));
  const unknown = permissions.findIndex((name) =>
    name.endsWith(':*') ? !areas.has(name.slice(0, -2)) : !vocabulary.includes(name),
  );
  if (unknown >= 0) throw invalid(`permissions.${unknown}`, 'is not a permission of this service');
}

const invalid = (path: string, message: string) =>
  new Refusal('INPUT_INVALID', { issues: [{ path, message }] });
