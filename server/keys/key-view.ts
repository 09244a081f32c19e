import type { keys } from '../../drizzle/schema.ts';
import type { Stores } from '../stores/stores.ts';
import type { Key } from './schemas.ts';

/** A key as callers see it. Revoked goes before expired, before disabled, before active. */
export function viewOf(row: typeof keys.$inferSelect, { clock, lastUsed }: Stores): Key {
  const used = Math.max(row.lastUsedAt?.getTime() ?? 0, lastUsed.pending(row.id) ?? 0);
  return {
    id: row.id,
    name: row.name,
    environment: row.environment,
    permissions: row.permissions,
    status: statusOf(row, clock()),
    ownerId: row.ownerId,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: used === 0 ? null : new Date(used).toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedReason: row.revokedReason,
  };
}

function statusOf(row: typeof keys.$inferSelect, now: number): Key['status'] {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt && row.expiresAt.getTime() <= now) return 'expired';
  return row.enabled ? 'active' : 'disabled';
}
