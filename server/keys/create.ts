import { keys } from '../../drizzle/schema.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { Db } from '../stores/database.ts';
import { base62 } from '../stores/random.ts';
import type { Vault } from '../stores/vault.ts';
import { newPair } from './pair.ts';

/** What a new key is made of. */
interface NewKey {
  readonly workspaceId: string;
  readonly ownerId: string | null;
  readonly name: string;
  readonly environment: Environment;
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
  readonly allowedAddresses?: readonly string[] | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
  readonly createdAt: Date;
}

/** A key that was just made, with the two texts that are shown once. */
export interface CreatedKey {
  readonly row: typeof keys.$inferSelect;
  readonly secret: string;
  readonly signingSecret: string;
}

export const newKeyId = (): string => base62(12);

/** Makes a key. */
export async function insertKey(
  db: Db,
  vault: Vault,
  brand: string,
  { permissions, allowedAddresses = [], ...input }: NewKey,
  id = newKeyId(),
): Promise<CreatedKey> {
  const { secret, signingSecret, columns } = newPair(vault, brand, input.environment, id);
  const lists = { permissions: [...new Set(permissions)], allowedAddresses: [...new Set(allowedAddresses)] };
  const [row] = await db
    .insert(keys)
    .values({ ...input, ...lists, ...columns, id })
    .returning();
  if (!row) throw new Error('the key was not inserted');
  return { row, secret, signingSecret };
}
