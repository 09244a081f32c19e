import { and, asc, count, gt, inArray, ne, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { secondFactors, sessions } from '../../../drizzle/schema/accounts.ts';
import { auditKeys } from '../../../drizzle/schema/audit.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { tokenKeys } from '../../../drizzle/schema/token-keys.ts';
import { isContention } from '../database/connection-errors.ts';
import type { Database } from '../database/database.ts';
import { retryConflicts } from '../database/retries.ts';
import type { Encrypted, Vault } from './vault.ts';

/** A column of encrypted values, with the encryption context of its values. */
interface EncryptedColumn {
  readonly context: { readonly table: string; readonly column: string };
  readonly table: PgTable;
  readonly id: PgColumn;
  readonly text: PgColumn;
  readonly version: PgColumn;
}

const ENCRYPTED_COLUMNS: readonly EncryptedColumn[] = [
  {
    context: { table: 'keys', column: 'signing' },
    table: keys,
    id: keys.id,
    text: keys.signingSealed,
    version: keys.signingVersion,
  },
  {
    context: { table: 'keys', column: 'previous_signing' },
    table: keys,
    id: keys.id,
    text: keys.previousSigningSealed,
    version: keys.previousSigningVersion,
  },
  {
    context: { table: 'sessions', column: 'signing' },
    table: sessions,
    id: sessions.id,
    text: sessions.signingSealed,
    version: sessions.signingVersion,
  },
  {
    context: { table: 'second_factors', column: 'secret' },
    table: secondFactors,
    id: secondFactors.userId,
    text: secondFactors.secretSealed,
    version: secondFactors.secretVersion,
  },
  {
    context: { table: 'token_keys', column: 'private' },
    table: tokenKeys,
    id: tokenKeys.kid,
    text: tokenKeys.privateSealed,
    version: tokenKeys.sealVersion,
  },
  {
    context: { table: 'audit_keys', column: 'key' },
    table: auditKeys,
    id: auditKeys.version,
    text: auditKeys.keySealed,
    version: auditKeys.sealVersion,
  },
];

/** Rows of one statement: it holds their locks for milliseconds, so that concurrent calls do not wait. */
const ROWS_PER_STATEMENT = 100;

/** The result for one column. */
export interface RewrapResult {
  readonly table: string;
  readonly column: string;
  /** Rows that were rewrapped. */
  resealed: number;
  /** Rows that another transaction wrote in the meantime; their new values stay. */
  passed: number;
  /**
   * Ids of rows that cannot be decrypted: another key encrypted them, or they were changed by hand. At most a
   * hundred.
   */
  readonly damaged: string[];
}

/**
 * Encrypts every value whose version is loaded under the newest one, in order of ids and in small batches, while
 * instances serve. Writes a row only if it still has the value that was decrypted. Work that is done stays done: after
 * an interruption the next run continues with the rest.
 * @param onProgress called with the number of rows done, and their total
 */
export async function rewrapAll(
  database: Database,
  vault: Vault,
  onProgress: (done: number, total: number) => void,
): Promise<RewrapResult[]> {
  let total = 0;
  for (const column of ENCRYPTED_COLUMNS) total += await countOld(database, vault, column);
  let done = 0;
  const results: RewrapResult[] = [];
  for (const column of ENCRYPTED_COLUMNS) {
    const result: RewrapResult = { ...column.context, resealed: 0, passed: 0, damaged: [] };
    results.push(result);
    for (let after = ''; ; ) {
      const rows = await oldRows(database, vault, column, after);
      const last = rows.at(-1);
      if (!last) break;
      await rewrapRows({ database, vault }, column, rows, result);
      after = last.id;
      done += rows.length;
      onProgress(done, Math.max(done, total));
    }
  }
  return results;
}

interface OldRow extends Encrypted {
  readonly id: string;
}

/** A row's id as a string: rows are reported and ordered by it. */
const idOf = ({ id }: EncryptedColumn) => sql<string>`${id}::text`;

const isOld = (vault: Vault, { version }: EncryptedColumn) =>
  and(ne(version, vault.newest), inArray(version, [...vault.versions]));

async function countOld({ db }: Database, vault: Vault, column: EncryptedColumn): Promise<number> {
  const [row] = await db.select({ n: count() }).from(column.table).where(isOld(vault, column));
  return row?.n ?? 0;
}

function oldRows({ db }: Database, vault: Vault, column: EncryptedColumn, after: string): Promise<OldRow[]> {
  return db
    .select({
      id: idOf(column),
      text: sql<string>`${column.text}`,
      version: sql<number>`${column.version}`,
    })
    .from(column.table)
    .where(and(isOld(vault, column), gt(idOf(column), after)))
    .orderBy(asc(idOf(column)))
    .limit(ROWS_PER_STATEMENT);
}

async function rewrapRows(
  { database, vault }: { readonly database: Database; readonly vault: Vault },
  column: EncryptedColumn,
  rows: readonly OldRow[],
  result: RewrapResult,
): Promise<void> {
  const rewrapped = rows.flatMap((row) => {
    const context = { ...column.context, row: row.id };
    try {
      // A key or a session with a public key has no secret here, only the version.
      const text = row.text === '' ? '' : vault.encrypt(vault.decrypt(row, context), context).text;
      return [{ id: row.id, old: row.text, new: text }];
    } catch {
      if (result.damaged.length < 100) result.damaged.push(row.id);
      return [];
    }
  });
  if (rewrapped.length === 0) return;
  const written = await retryConflicts(() => write(database, vault.newest, column, rewrapped), isContention);
  result.resealed += written;
  result.passed += rewrapped.length - written;
}

/** Writes each row that still has the value that was decrypted, locked in the order of ids. @returns how many it wrote */
async function write(
  database: Database,
  version: number,
  { table, id, text, version: versionColumn }: EncryptedColumn,
  rows: readonly { id: string; old: string; new: string }[],
): Promise<number> {
  const name = (column: PgColumn) => sql.identifier(column.name);
  const written = await database.query(sql`
    with locked as materialized (
      select ${id} as id, fresh.new
      from ${table} join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as fresh(id text, old text, new text)
        on ${id}::text = fresh.id and ${text} = fresh.old
      order by ${id} for no key update of ${table}
    )
    update ${table} set ${name(text)} = locked.new, ${name(versionColumn)} = ${version}
    from locked where ${id} = locked.id returning 1 as one`);
  return written.length;
}
