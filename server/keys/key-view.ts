import { isFuture, isoOf, isoOrEpoch } from '../lib/clock.ts';
import { signatureViewOf } from '../lib/signature-view.ts';
import type { LastUsed } from '../stores/credentials/last-used.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeyRow } from './find.ts';
import type { Key } from './schemas.ts';

/** The public view of a key. */
export function viewOf(row: KeyRow, { clock, lastUsed }: Pick<Stores, 'clock' | 'lastUsed'>): Key {
  const used = latestUse(row.lastUsedAt, lastUsed.pending(row.id));
  return {
    id: row.id,
    name: row.name,
    environment: row.environment,
    permissions: row.permissions,
    allowedAddresses: row.allowedAddresses,
    limits: row.limits,
    credits: row.credits,
    externalId: row.externalId,
    authorities: row.authorities,
    metadata: row.metadata,
    status: keyStatusOf(row, clock()),
    signature: signatureViewOf(row.publicKey),
    ownerId: row.ownerId,
    createdAt: isoOrEpoch(row.createdAt),
    expiresAt: isoOf(row.expiresAt),
    lastUsedAt: isoOf(used),
    rotatedAt: isoOf(row.rotatedAt),
    previous: previousOf(row, clock(), lastUsed),
    revokedAt: isoOf(row.revokedAt),
    revokedReason: row.revokedReason,
  };
}

function previousOf(row: KeyRow, now: number, lastUsed: LastUsed): Key['previous'] {
  const until = row.previousValidUntil;
  if (until === null || !isFuture(until.getTime(), now)) return null;
  const used = latestUse(row.previousLastUsedAt, lastUsed.pendingPrevious(row.id));
  return { validUntil: until.toISOString(), lastUsedAt: isoOf(used) };
}

/** When a key's secrets were last used, according to the database and to memory; null if they were never used. */
export function latestUse(stored: Date | null, pending: number | null): Date | null {
  const times = [stored?.getTime() ?? 0, pending ?? 0].filter(Number.isFinite);
  const latest = Math.max(0, ...times);
  return latest === 0 ? null : new Date(latest);
}

/**
 * The status of a key, by the gate's order: revoked before expired, before disabled, before active. A key whose owner
 * is disabled, or has left the workspace, is disabled.
 * @param now milliseconds
 */
export function keyStatusOf(
  row: Pick<KeyRow, 'revokedAt' | 'expiresAt' | 'enabled' | 'ownerIsActive'>,
  now: number,
): Key['status'] {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt && !isFuture(row.expiresAt.getTime(), now)) return 'expired';
  return row.enabled && row.ownerIsActive ? 'active' : 'disabled';
}
