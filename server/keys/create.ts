import { keys } from '../../drizzle/schema.ts';
import { type Environment, formatKey } from '../../shared/key-format.ts';
import type { Db } from '../stores/database.ts';
import { base62, newSigningSecret } from '../stores/random.ts';
import type { Vault } from '../stores/vault.ts';

/** What a new key is made of. */
interface NewKey {
  readonly workspaceId: string;
  readonly ownerId: string | null;
  readonly name: string;
  readonly environment: Environment;
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

/** A key that was just made, with the two texts that are shown once. */
interface CreatedKey {
  readonly row: typeof keys.$inferSelect;
  readonly secret: string;
  readonly signingSecret: string;
}

/** Makes a key. Of its two secrets the database keeps a peppered hash and a sealed text. */
export async function insertKey(db: Db, vault: Vault, brand: string, input: NewKey): Promise<CreatedKey> {
  const id = base62(12);
  const secret = formatKey(brand, input.environment, id, base62(32));
  const signingSecret = newSigningSecret();
  const sealed = vault.seal(signingSecret, { table: 'keys', column: 'signing', row: id });
  const [row] = await db
    .insert(keys)
    .values({
      ...input,
      id,
      permissions: [...new Set(input.permissions)],
      secretHash: vault.hash('pepper', secret),
      pepperVersion: vault.newest,
      signingSealed: sealed.text,
      signingVersion: sealed.version,
    })
    .returning();
  if (!row) throw new Error('the key was not inserted');
  return { row, secret, signingSecret };
}
