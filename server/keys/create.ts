import { keys } from '../../drizzle/schema.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { Limit } from '../../shared/limits.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { type CreditPolicy, writeCredits } from '../stores/credits.ts';
import type { Db } from '../stores/database.ts';
import { holdExternalOwner } from '../stores/external-owners.ts';
import { base62 } from '../stores/random.ts';
import type { Vault } from '../stores/vault.ts';
import type { Service } from '../trpc.ts';
import { newPair } from './pair.ts';
import type { CreateKeyInput } from './schemas.ts';
import { holdForKey } from './service-keys.ts';

/** What a new key is made of. */
interface NewKey {
  readonly workspaceId: string;
  readonly ownerId: string | null;
  readonly name: string;
  readonly environment: Environment;
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
  readonly allowedAddresses?: readonly string[] | undefined;
  readonly limits?: Limit[] | undefined;
  readonly credits?: CreditPolicy | undefined;
  readonly externalOwnerId?: string | null;
  readonly authorities?: readonly string[] | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
  readonly createdAt: Date;
}

/** Makes a key as an input asks for it, in the caller's workspace. @param ownerId whose it is */
export async function createKey(
  { stores, config }: Service,
  tx: Db,
  caller: KeyCaller | UserCaller,
  ownerId: string | null,
  { idempotencyKey: _, service: __, externalId, expiresAt, ...fields }: CreateKeyInput,
  id: string,
  now: Date,
): Promise<Shown> {
  const { workspaceId } = caller;
  await holdForKey(tx, caller, ownerId);
  const owner = externalId
    ? await holdExternalOwner(tx, workspaceId, externalId, 'to tie a key to it')
    : null;
  const made = {
    ...fields,
    workspaceId,
    ownerId,
    externalOwnerId: owner?.id ?? null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    createdAt: now,
  };
  const { secret, signingSecret } = await insertKey(tx, stores.vault, config.brand, made, id);
  return { secret, signingSecret };
}

/** The two texts that are shown once. */
export interface Shown {
  readonly secret: string;
  readonly signingSecret: string;
}

/** A key that was just made. */
interface CreatedKey extends Shown {
  readonly row: typeof keys.$inferSelect;
}

export const newKeyId = (): string => base62(12);

/** Makes a key. */
export async function insertKey(
  db: Db,
  vault: Vault,
  brand: string,
  { permissions, allowedAddresses = [], authorities = [], credits, ...input }: NewKey,
  id = newKeyId(),
): Promise<CreatedKey> {
  const { secret, signingSecret, columns } = newPair(vault, brand, input.environment, id);
  const lists = {
    permissions: [...new Set(permissions)],
    allowedAddresses: [...new Set(allowedAddresses)],
    authorities: [...new Set(authorities)],
  };
  const [row] = await db
    .insert(keys)
    .values({ ...input, ...lists, ...columns, id })
    .returning();
  if (!row) throw new Error('the key was not inserted');
  if (credits) await writeCredits(db, id, credits, input.createdAt);
  return { row, secret, signingSecret };
}
