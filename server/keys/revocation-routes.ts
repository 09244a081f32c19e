import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { describeChange } from './audit-change.ts';
import { changeKey } from './change-key.ts';
import { deleteKey } from './delete.ts';
import { EXAMPLE_REVOKED_KEY } from './examples.ts';
import { findKeyInWorkspace } from './find.ts';
import { viewOf } from './key-view.ts';
import { revokeKey } from './revoke.ts';
import { DeleteKeyInput, Key, RevokeKeyInput } from './schemas.ts';

const WRITE_GUARD = { access: 'key-or-user', permission: 'keys:write' } as const;

/** The end of a key. */
export const revocationRoutes = {
  revoke: procedure({
    ...WRITE_GUARD,
    description:
      'Revokes a key permanently. When the call returns, no instance accepts the key. Revoking it again has no effect.',
    shapes: { input: '`{ id, reason? }`', output: '`key`' },
    refusals: ['KEY_NOT_FOUND', 'ENVIRONMENT_DENIED'],
    example: { input: { id: EXAMPLE_KEY.id, reason: 'leaked' }, output: EXAMPLE_REVOKED_KEY },
  })
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      const revoked = await changeKey(ctx, { id: input.id }, async ({ tx, row, now }) => {
        // Repeating it changes nothing.
        if (row.revokedAt) return row;
        await revokeKey(tx, row.id, input.reason ?? null, now.getTime());
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        await stores.audit.record(tx, ctx, describeChange('keys.revoke', row, after));
        return after;
      });
      return viewOf(revoked, stores);
    }),

  delete: procedure({
    ...WRITE_GUARD,
    description: 'Removes a revoked key from lists; records that refer to its id stay correct.',
    shapes: { input: '`{ id }`', output: '`{ }`' },
    refusals: ['KEY_NOT_FOUND', 'CONFLICT', 'ENVIRONMENT_DENIED'],
    example: { input: { id: EXAMPLE_KEY.id }, output: {} },
  })
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
} satisfies TRPCRouterRecord;
