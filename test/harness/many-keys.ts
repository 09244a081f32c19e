import { eq } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { insertKey } from '../../server/keys/create.ts';
import type { TestService } from './service.ts';
import type { Credentials } from './wire.ts';

/** A key to insert; by default live, active and never used. */
export interface KeySeed {
  readonly name: string;
  readonly environment?: 'live' | 'test';
  readonly permissions?: readonly string[];
  readonly expiresAt?: Date;
  readonly enabled?: boolean;
  readonly lastUsedAt?: Date;
}

/**
 * Inserts keys into the workspace of a person who has signed up, each a minute older than the one before.
 * @returns the credentials of each, in order
 */
export async function insertKeys(
  { running: { service } }: TestService,
  email: string,
  toBe: readonly KeySeed[],
): Promise<Credentials[]> {
  const { database, vault, clock } = service.stores;
  return database.db.transaction(async (tx) => {
    const [member] = await tx
      .select({ workspaceId: memberships.workspaceId, ownerId: users.id })
      .from(users)
      .innerJoin(memberships, eq(memberships.userId, users.id))
      .where(eq(users.email, email));
    if (!member) throw new Error(`${email} is not signed up`);
    const made: Credentials[] = [];
    for (const { enabled, lastUsedAt, expiresAt = null, ...key } of toBe) {
      const createdAt = new Date(clock() - made.length * 60_000);
      const plain = { environment: 'live', permissions: ['exemple:read'], ...key } as const;
      const fields = { ...plain, ...member, expiresAt, createdAt };
      const { row, secret, signingSecret } = await insertKey(tx, vault, service.config.brand, fields);
      if (enabled === false || lastUsedAt)
        await tx.update(keys).set({ enabled, lastUsedAt }).where(eq(keys.id, row.id));
      made.push({ id: row.id, apiKey: secret, signingSecret });
    }
    return made;
  });
}
