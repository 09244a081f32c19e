import type { keys } from '../../drizzle/schema.ts';
import type { LastUsed } from '../stores/last-used.ts';
import type { Stores } from '../stores/stores.ts';
import type { CreatedKey } from './create.ts';
import type { Key } from './schemas.ts';

/** A key as callers see it. */
export function viewOf(row: typeof keys.$inferSelect, { clock, lastUsed }: Stores): Key {
  const used = Math.max(row.lastUsedAt?.getTime() ?? 0, lastUsed.pending(row.id) ?? 0);
  return {
    id: row.id,
    name: row.name,
    environment: row.environment,
    permissions: row.permissions,
    allowedAddresses: row.allowedAddresses,
    metadata: row.metadata,
    status: statusOf(row, clock()),
    ownerId: row.ownerId,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: used === 0 ? null : new Date(used).toISOString(),
    rotatedAt: row.rotatedAt?.toISOString() ?? null,
    previous: previousOf(row, clock(), lastUsed),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedReason: row.revokedReason,
  };
}

/** The answer to whoever made a pair of secrets: the only time that they are shown. */
export function madeOf({ row, secret, signingSecret }: CreatedKey, stores: Stores) {
  return { key: viewOf(row, stores), secret, signingSecret };
}

/** The answer to whoever asks again under the same idempotency key. */
export function shownAgain(row: typeof keys.$inferSelect, stores: Stores) {
  return { key: viewOf(row, stores), secret: null, signingSecret: null };
}

function previousOf(row: typeof keys.$inferSelect, now: number, lastUsed: LastUsed): Key['previous'] {
  const until = row.previousValidUntil;
  if (until === null || until.getTime() <= now) return null;
  const used = Math.max(row.previousLastUsedAt?.getTime() ?? 0, lastUsed.pendingPrevious(row.id) ?? 0);
  return { validUntil: until.toISOString(), lastUsedAt: used === 0 ? null : new Date(used).toISOString() };
}

/** Revoked goes before expired, before disabled, before active. @param now milliseconds */
export function statusOf(row: typeof keys.$inferSelect, now: number): Key['status'] {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt && row.expiresAt.getTime() <= now) return 'expired';
  return row.enabled ? 'active' : 'disabled';
}
