import { and, eq, inArray } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { users } from '../../../drizzle/schema/accounts.ts';
import { externalOwners, keys } from '../../../drizzle/schema/keys.ts';
import { credits } from '../../../drizzle/schema/limits.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import {
  type FairnessPath,
  workspaceGroupPath,
  workspacePath,
} from '../../../shared/fairness/fairness-path.ts';
import type { Environment } from '../../../shared/key-format.ts';
import { effectivePermissions, type Role } from '../../../shared/roles.ts';
import { AddressList } from '../../lib/address-list.ts';
import type { Db } from '../database/database.ts';
import { isExact, sumOfRevs } from '../database/rev.ts';
import { type Counter, counterOf } from '../limits/rates.ts';
import type { Vault } from '../secrets/vault.ts';
import {
  type PreviousPair,
  previousPairOf,
  type SigningMaterial,
  signingMaterial,
} from './signing-material.ts';

/** All that the gate needs of a key. */
export interface KeyRecord extends SigningMaterial {
  readonly id: string;
  readonly workspaceId: string;
  /** Its sponsor, its workspace, itself. */
  readonly payer: FairnessPath;
  readonly environment: Environment;
  readonly name: string;
  /** As they were granted, wildcards included. */
  readonly granted: readonly string[];
  /** What the owner's role leaves of them. */
  readonly permissions: ReadonlySet<string>;
  readonly ownerId: string | null;
  /** The owner's live role; null for a service key. */
  readonly role: Role | null;
  readonly secretHash: string;
  readonly pepperVersion: number;
  readonly signingVersion: number;
  readonly previous: PreviousPair | null;
  /** The IP addresses that may use it; null for any. */
  readonly addresses: AddressList | null;
  /** The same, as strings. */
  readonly allowedAddresses: readonly string[];
  /** Its own rate limits, and those of its external owner. */
  readonly counters: readonly Counter[];
  /** The ids under which the credits of its calls are stored: its own, its external owner's, both, or none. */
  readonly creditSubjects: readonly string[];
  readonly externalOwnerId: string | null;
  /** The workspace's name for the external owner. */
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The authorities whose requests it may pass to `verify`. */
  readonly authorities: readonly string[];
  /** The rule whose exchange gave it, or the key that made it; null for all others. */
  readonly exchangeRuleId: string | null;
  /** False if the key is disabled, its owner is disabled or no longer a member, or its `rev` is not exact. */
  readonly enabled: boolean;
  /** Milliseconds; NaN for a time that cannot be read, which counts as past. */
  readonly expiresAt: number | null;
  /** Also true if its workspace is deleted. */
  readonly revoked: boolean;
  readonly rev: number;
}

/** All that the gate needs of a session, seen in one workspace. */
export interface SessionRecord extends SigningMaterial {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  /** The sponsor of the workspace, the workspace, the session. A user who is not a member pays as their own sponsor. */
  readonly payer: FairnessPath;
  readonly signingVersion: number;
  /** Milliseconds; NaN for a time that cannot be read, which counts as past. So does `expiresAt`. */
  readonly refreshedAt: number;
  /** Milliseconds. */
  readonly expiresAt: number;
  /** When its user last proved who they are, in milliseconds; null, or no number, if that is not known. */
  readonly provenAt: number | null;
  /** Ended, its user is disabled, or its `rev` is not exact. */
  readonly ended: boolean;
  /** A `SignInMethod`; null if an older version began the session. */
  readonly method: string | null;
  /** The requirements of the workspace's sign-in rule that the sign-in does not meet, if the user is a member. */
  readonly unmet: readonly string[];
  /** The user's role in the workspace; null if they are not a member, or their sign-in does not meet the workspace's rule. */
  readonly role: Role | null;
  readonly rev: number;
}

const keyCredits = alias(credits, 'own_credits');
const sharedCredits = alias(credits, 'shared_credits');

/**
 * Reads a key with its owner's role and its policy, in one statement. Returns null if there is none, or if its master
 * key version is retired.
 * @throws if this instance has not been given that version yet
 */
export async function loadKey(
  db: Db,
  vault: Vault,
  vocabulary: readonly string[],
  id: string,
): Promise<KeyRecord | null> {
  const [row] = await selectKeyRows(db, [id]);
  return row ? keyRecordOf(row, vault, vocabulary) : null;
}

/**
 * Reads many keys in one statement. The caller of each decrypts it, so that a key that cannot be decrypted fails for
 * its caller only.
 * @returns in the order of the ids
 */
export async function loadKeys(
  db: Db,
  vault: Vault,
  vocabulary: readonly string[],
  ids: readonly string[],
): Promise<(() => KeyRecord | null)[]> {
  const rows = new Map((await selectKeyRows(db, ids)).map((row) => [row.keys.id, row]));
  return ids.map((id) => () => {
    const row = rows.get(id);
    return row ? keyRecordOf(row, vault, vocabulary) : null;
  });
}

/** Joins a key with its owner's membership in the key's own workspace. */
export const isOwnersMembership = and(
  eq(memberships.userId, keys.ownerId),
  eq(memberships.workspaceId, keys.workspaceId),
);

function selectKeyRows(db: Db, ids: readonly string[]) {
  return db
    .select()
    .from(keys)
    .innerJoin(workspaces, eq(workspaces.id, keys.workspaceId))
    .leftJoin(users, eq(users.id, keys.ownerId))
    .leftJoin(memberships, isOwnersMembership)
    .leftJoin(externalOwners, eq(externalOwners.id, keys.externalOwnerId))
    .leftJoin(keyCredits, eq(keyCredits.subject, keys.id))
    .leftJoin(sharedCredits, eq(sharedCredits.subject, keys.externalOwnerId))
    .where(inArray(keys.id, [...ids]));
}

type KeyRow = Awaited<ReturnType<typeof selectKeyRows>>[number];

function keyRecordOf(row: KeyRow, vault: Vault, vocabulary: readonly string[]): KeyRecord | null {
  if (!vault.canVerify(row.keys.pepperVersion, row.keys.signingVersion)) return null;
  const { keys: key, users: owner, memberships: member, external_owners: externalOwner } = row;
  const { workspaces: workspace } = row;
  const payer = workspacePath(workspace.sponsorId, key.workspaceId, key.id);
  const role = member && !member.removedAt ? member.role : null;
  const rev = sumOfRevs(key.rev, workspace.rev, owner?.rev ?? 0, member?.rev ?? 0);
  const ownerIsActive = key.ownerId === null || (owner !== null && !owner.disabledAt && role !== null);
  const { signingSecret, publicKey } = signingMaterial(key.publicKey, () =>
    vault.decrypt(
      { text: key.signingSealed, version: key.signingVersion },
      { table: 'keys', column: 'signing', row: key.id },
    ),
  );
  return {
    id: key.id,
    workspaceId: key.workspaceId,
    payer,
    environment: key.environment,
    name: key.name,
    granted: key.permissions,
    permissions: new Set(
      effectivePermissions(vocabulary, key.permissions, key.ownerId === null ? 'owner' : role),
    ),
    ownerId: key.ownerId,
    role,
    secretHash: key.secretHash,
    pepperVersion: key.pepperVersion,
    signingSecret,
    publicKey,
    signingVersion: key.signingVersion,
    previous: previousPairOf(key, vault),
    addresses: key.allowedAddresses.length === 0 ? null : new AddressList(key.allowedAddresses),
    allowedAddresses: key.allowedAddresses,
    externalOwnerId: key.externalOwnerId,
    counters: countersOf(key, externalOwner, workspaceGroupPath(payer)),
    creditSubjects: [row.own_credits, row.shared_credits].flatMap((balance) =>
      balance ? [balance.subject] : [],
    ),
    externalId: externalOwner?.externalId ?? null,
    metadata: key.metadata,
    authorities: key.authorities,
    exchangeRuleId: key.exchangeRuleId,
    enabled: key.enabled && ownerIsActive && isExact(rev),
    expiresAt: key.expiresAt?.getTime() ?? null,
    revoked: key.revokedAt !== null || workspace.deletedAt !== null,
    rev,
  };
}

/**
 * The counters that limit a key's calls. An external owner's limits have separate names, so that responses
 * distinguish them from the key's.
 */
export function countersOf(
  key: Pick<typeof keys.$inferSelect, 'id' | 'limits'>,
  externalOwner: Pick<typeof externalOwners.$inferSelect, 'id' | 'limits'> | null,
  workspaceGroup: FairnessPath,
): Counter[] {
  const shared = (externalOwner?.limits ?? []).map(({ name, limit, windowSeconds }) => ({
    name: `owner.${name}`,
    limit,
    windowSeconds,
  }));
  return [
    ...key.limits.map((limit) => counterOf(workspaceGroup, key.id, limit)),
    ...shared.map((limit) => counterOf(workspaceGroup, externalOwner?.id ?? '', limit)),
  ];
}
