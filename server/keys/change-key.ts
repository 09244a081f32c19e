import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { lockCaller } from '../gate/lock-caller.ts';
import type { Context } from '../rpc/trpc.ts';
import type { ExternalOwner } from '../stores/credentials/external-owners.ts';
import type { Db } from '../stores/database/database.ts';
import { findKeyInWorkspace, type KeyRow } from './find.ts';
import { checkKeyEnvironment } from './privilege-escalation.ts';

/** The context of a call by a caller who may write keys. */
export type WritingContext = Pick<Context, 'request' | 'service'> & {
  readonly caller: KeyCaller | UserCaller;
};

/** A key that is locked until the transaction ends, and the caller with their current rights. */
interface LockedKey {
  readonly tx: Db;
  readonly caller: KeyCaller | UserCaller;
  readonly row: KeyRow;
  readonly externalOwner: ExternalOwner | null;
  readonly now: Date;
}

/**
 * Changes a key of the caller's workspace in one transaction, which reads the caller's rights again.
 * @param externalId the external owner to tie the key to
 * @throws Refusal KEY_NOT_FOUND, including for keys of other workspaces; ENVIRONMENT_DENIED for a test key that changes a
 *   live one; as the gate does if the caller lost the right in the meantime
 */
export async function changeKey<T>(
  ctx: WritingContext,
  { id: keyId, externalId }: { readonly id: string; readonly externalId?: string | null | undefined },
  change: (locked: LockedKey) => Promise<T>,
): Promise<T> {
  const { stores } = ctx.service;
  const result = await stores.writes.transaction(payerOfCaller(ctx.caller), async (tx) => {
    const options = { permission: 'keys:write', keyId, externalId };
    const { caller, externalOwner } = await lockCaller(tx, stores, ctx, options);
    const now = new Date(stores.clock());
    const row = await findKeyInWorkspace(tx, caller.workspaceId, keyId, now.getTime());
    checkKeyEnvironment(caller, row.environment);
    return change({ tx, caller, row, externalOwner, now });
  });
  stores.credentials.changed({ key: keyId });
  return result;
}
