import { and, asc, getTableName, isNotNull, isNull, not, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { passwordResets, secondFactors, sessions, setupTokens } from '../../drizzle/schema/accounts.ts';
import { auditHeads, auditKeys, auditRecords } from '../../drizzle/schema/audit.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { tokenKeys } from '../../drizzle/schema/token-keys.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { ConfigError } from '../lib/config.ts';
import type { MasterKey } from '../lib/env-schema.ts';
import { loadAuditKeys } from '../stores/audit/mac-keys.ts';
import type { Db } from '../stores/database/database.ts';
import { isFutureSql } from '../stores/database/is-future.ts';
import { Vault } from '../stores/secrets/vault.ts';

const NOW = sql`now()`;
/** Keys that a deletion has ended, before each of them is revoked. */
const ofDeletedWorkspace = sql`${keys.workspaceId} in (
  select ${workspaces.id} from ${workspaces} where ${workspaces.deletedAt} is not null and ${workspaces.emptiedAt} is null)`;
const liveKey = and(
  isNull(keys.revokedAt),
  or(isNull(keys.expiresAt), isFutureSql(keys.expiresAt, NOW)),
  not(ofDeletedWorkspace),
);
const twoPairs = and(liveKey, isFutureSql(keys.previousValidUntil, NOW));
const pendingInvitation = and(
  isNull(invitations.acceptedAt),
  isNull(invitations.revokedAt),
  isFutureSql(invitations.expiresAt, NOW),
);
const unspentReset = and(isNull(passwordResets.spentAt), isFutureSql(passwordResets.expiresAt, NOW));
const liveSession = and(isNull(sessions.endedAt), isFutureSql(sessions.expiresAt, NOW));

/** Which rows of a column need their version, given the versions whose audit key is stored; all rows by default. */
type Needed = SQL | undefined | ((retired: readonly number[]) => SQL | undefined);

/** A record proves nothing without its version's key, or the stored audit key of that version. */
const isUnverifiable = (retired: readonly number[]) => notInArray(auditRecords.keyVersion, [...retired]);

/**
 * Every column that states the master key version of a MAC or an encrypted value, and which of its rows still need
 * it: a revoked key or an ended session must not keep an old master key in use forever.
 */
const VERSIONED: readonly { table: PgTable; version: PgColumn; needed?: Needed }[] = [
  { table: keys, version: keys.pepperVersion, needed: liveKey },
  { table: keys, version: keys.signingVersion, needed: liveKey },
  { table: keys, version: keys.previousPepperVersion, needed: twoPairs },
  { table: keys, version: keys.previousSigningVersion, needed: twoPairs },
  { table: sessions, version: sessions.signingVersion, needed: liveSession },
  { table: invitations, version: invitations.tokenVersion, needed: pendingInvitation },
  { table: passwordResets, version: passwordResets.tokenVersion, needed: unspentReset },
  { table: secondFactors, version: secondFactors.secretVersion },
  { table: tokenKeys, version: tokenKeys.sealVersion },
  { table: setupTokens, version: setupTokens.pepperVersion, needed: isNull(setupTokens.spentAt) },
  { table: auditRecords, version: auditRecords.keyVersion, needed: isUnverifiable },
  { table: auditKeys, version: auditKeys.sealVersion },
  { table: auditHeads, version: auditHeads.keyVersion },
];

/** How many rows of a column use a master key version, and how many of them still need it. */
export interface VersionUse {
  readonly table: string;
  readonly column: string;
  readonly version: number;
  readonly rows: number;
  readonly needed: number;
}

/**
 * Every version in use, column by column.
 * @param retired versions whose audit key is stored
 */
export async function versionsInUse(db: Db, retired: readonly number[]): Promise<VersionUse[]> {
  const uses: VersionUse[] = [];
  for (const { table, version, needed } of VERSIONED) {
    const rows = await db
      .select({
        version: sql<number>`${version}`,
        rows: sql<number>`count(*)::int`,
        needed: sql<number>`count(*) filter (where ${conditionOf(needed, retired) ?? sql`true`})::int`,
      })
      .from(table)
      .where(isNotNull(version))
      .groupBy(version)
      .orderBy(asc(version));
    uses.push(...rows.map((row) => ({ table: getTableName(table), column: version.name, ...row })));
  }
  return uses;
}

function conditionOf(needed: Needed, retired: readonly number[]): SQL | undefined {
  return typeof needed === 'function' ? needed(retired) : needed;
}

/**
 * Loads the master keys, and the stored audit keys of retired ones.
 * @throws ConfigError if rows need other keys, as `checkMasterKeys` describes
 */
export async function openVault(db: Db, masterKeys: readonly MasterKey[]): Promise<Vault> {
  const vault = new Vault(masterKeys);
  await loadAuditKeys(db, vault);
  await checkMasterKeys(db, vault);
  return vault;
}

/**
 * Makes startup fail if rows need a master key version that is not configured, or if a version is configured with
 * other bytes than before. @throws ConfigError with a count
 */
async function checkMasterKeys(db: Db, vault: Vault): Promise<void> {
  const missing = new Map<number, number>();
  for (const { table, version, needed } of (await anyVersionMissing(db, vault)) ? VERSIONED : []) {
    const rows = await db
      .select({ version: sql<number>`${version}`, n: sql<number>`count(*)::int` })
      .from(table)
      .where(needsMissingVersion(vault, version, needed))
      .groupBy(version);
    for (const row of rows) missing.set(row.version, (missing.get(row.version) ?? 0) + row.n);
  }
  if (missing.size > 0) {
    const counts = [...missing].map(([version, n]) => `${n} need version ${version}`).join(', ');
    throw new ConfigError(
      `KEYSEAL_MASTER_KEYS lacks a version that rows of the database need: ${counts}. Add it behind the newest.`,
    );
  }
  const rows = await db.select().from(tokenKeys);
  const unreadable = rows.filter((row) => !isReadable(vault, row)).length;
  if (unreadable > 0) {
    throw new ConfigError(
      `KEYSEAL_MASTER_KEYS does not open what the database holds (${unreadable} of ${rows.length} token keys): a version has other bytes than those that encrypted it. Set the key that this database was made with.`,
    );
  }
}

/** Whether any row needs a version that is not loaded. Reads each table once, however many of its columns have a version. */
async function anyVersionMissing(db: Db, vault: Vault): Promise<boolean> {
  for (const table of new Set(VERSIONED.map((column) => column.table))) {
    const columns = VERSIONED.filter((column) => column.table === table);
    const condition = or(
      ...columns.map(({ version, needed }) => needsMissingVersion(vault, version, needed)),
    );
    const rows = await db.select({ one: sql`1` }).from(table).where(condition).limit(1);
    if (rows.length > 0) return true;
  }
  return false;
}

/** Whether a row needs a version that is not loaded. */
const needsMissingVersion = (vault: Vault, version: PgColumn, needed: Needed) =>
  and(notInArray(version, [...vault.versions]), conditionOf(needed, vault.retiredAuditVersions));

function isReadable(vault: Vault, row: typeof tokenKeys.$inferSelect): boolean {
  try {
    vault.decrypt(
      { text: row.privateSealed, version: row.sealVersion },
      { table: 'token_keys', column: 'private', row: row.kid },
    );
    return true;
  } catch {
    return false;
  }
}
