/** A setting of a database session on which a guarantee, or the meaning of the data read and written, depends. */
interface PinnedSetting {
  /** As Postgres spells it in `pg_settings`. */
  readonly name: string;
  /** Sent with the startup packet of every connection, in the base unit of `pg_settings`. Null: a superuser sets it. */
  readonly value: string | null;
  /** Whole values that a session may have instead. A pooler may drop the parameter. */
  readonly accepts?: RegExp;
  readonly why: string;
}

const READS = 'Keyseal reads times and bytes only in this form';
const CUT = 'another timeout of the role would cut statements off, or let them keep locks';

/** The one table. The operator may set any other setting by role, database, URL or configuration file. */
const PINNED: readonly PinnedSetting[] = [
  { name: 'DateStyle', value: 'ISO, MDY', accepts: /^ISO, (MDY|DMY|YMD)$/, why: READS },
  { name: 'TimeZone', value: 'UTC', accepts: /^(Etc\/)?(UTC|GMT)$/, why: READS },
  { name: 'IntervalStyle', value: 'postgres', why: READS },
  { name: 'bytea_output', value: 'hex', why: READS },
  {
    name: 'extra_float_digits',
    value: '1',
    accepts: /^[123]$/,
    why: 'numbers must come back as they were written',
  },
  { name: 'client_encoding', value: 'UTF8', why: 'names and metadata are UTF-8' },
  { name: 'standard_conforming_strings', value: 'on', why: 'a backslash in a text must stay one' },
  { name: 'transform_null_equals', value: 'off', why: 'a comparison with null must refuse' },
  { name: 'array_nulls', value: 'on', why: 'a list must be read as it was written' },
  {
    name: 'search_path',
    value: 'public, pg_temp',
    accepts: /^("?\$user"?, *)?public(, *pg_temp)?$/,
    why: 'the tables are in the schema public, and a name must not lead to another table',
  },
  {
    name: 'row_security',
    value: 'off',
    why: 'a row-level security policy must fail, not hide rows',
  },
  {
    name: 'default_transaction_isolation',
    value: 'read committed',
    why: 'statements must see what was committed before them',
  },
  {
    name: 'synchronous_commit',
    value: 'on',
    accepts: /^(on|remote_apply)$/,
    why: 'a nonce that a crash loses could be replayed',
  },
  { name: 'statement_timeout', value: '5000', accepts: /^[1-9]\d{2,3}$/, why: CUT },
  { name: 'lock_timeout', value: '0', accepts: /^(0|[1-9]\d{3,5})$/, why: CUT },
  {
    name: 'idle_in_transaction_session_timeout',
    value: '60000',
    accepts: /^(0|[1-9]\d{3,7})$/,
    why: CUT,
  },
  {
    name: 'session_replication_role',
    value: null,
    accepts: /^origin$/,
    why: 'foreign keys must be enforced',
  },
  {
    name: 'zero_damaged_pages',
    value: null,
    accepts: /^off$/,
    why: 'damaged rows would vanish without an error',
  },
  {
    name: 'ignore_checksum_failure',
    value: null,
    accepts: /^off$/,
    why: 'damaged rows would be read as if they were right',
  },
];

/** Settings of the server itself that Keyseal requires. */
export const SERVER_GUARANTEES: readonly {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}[] = [
  { name: 'fsync', value: 'on', why: 'what a crash loses could be replayed' },
  {
    name: 'full_page_writes',
    value: 'on',
    why: 'a page that a crash left half written could not be repaired',
  },
];

/** Values that replace the table's for one connection, by name: migrations may take longer. */
export type Overrides = Readonly<Record<string, string>>;

/** Startup parameters, as they go into the packet. */
export function startupParameters(overrides: Overrides): Record<string, string> {
  const sent = PINNED.flatMap(({ name, value }) =>
    value === null ? [] : [[name, overrides[name] ?? value]],
  );
  return Object.fromEntries(sent);
}

/** A pinned setting as Postgres spells it; undefined if the name is not pinned. The database ignores case. */
export function pinnedName(name: string): string | undefined {
  return PINNED.find((setting) => setting.name.toLowerCase() === name.toLowerCase())?.name;
}

/** Whether a name is pinned, in any case. */
export const isPinned = (name: string): boolean => pinnedName(name) !== undefined;

/** A setting without its required value. */
export interface Deviation {
  readonly name: string;
  readonly found: string;
  readonly required: string;
  readonly why: string;
}

/**
 * The pinned settings whose required value a session lacks. A setting that it does not report counts as lacking.
 * @param values the session's values by name, as in `pg_settings`
 */
export function deviations(values: ReadonlyMap<string, string>, overrides: Overrides = {}): Deviation[] {
  return PINNED.filter(({ name, value, accepts }) => {
    const found = values.get(name);
    if (found === undefined) return true;
    return found !== (overrides[name] ?? value) && !accepts?.test(found);
  }).map(({ name, value, accepts, why }) => ({
    name,
    found: values.get(name) ?? 'not reported',
    required: value ?? accepts?.source.replace(/[\^$]/g, '') ?? '',
    why,
  }));
}

/** The name under which a session reports its process id. */
export const PROCESS = 'pg_backend_pid';

/** The names under which a session reports whether it accepts writes, and whether its server is a standby. */
export const READ_ONLY = 'transaction_read_only';
export const RECOVERY = 'pg_is_in_recovery';

const NAMES = [...PINNED, ...SERVER_GUARANTEES].map(({ name }) => `'${name}'`).join(', ');

/** Reads all of them, and the source of each: URL, role, database or server. */
export const READ_SOURCES = `select name, setting, source from pg_catalog.pg_settings where name in (${NAMES})`;

/** Postgres 17 and later end a session whose transaction takes longer. Earlier servers refuse a start-up parameter of that name. */
const TRANSACTION_TIMEOUT = 'transaction_timeout';

/** The search path with the schema that `"$user"` stands for, if it exists: its tables would hide those of `public`. */
const SEARCH_PATH = `case when name = 'search_path' and exists (
    select from pg_catalog.pg_namespace where nspname operator(pg_catalog.=) current_user
  ) then pg_catalog.regexp_replace(setting, '"?[$]user"?', current_user::text) else setting end`;

/**
 * Reads all of them, the session's process id, and whether it accepts writes, and turns a transaction timeout of the role off.
 * Names are qualified, since the search path is one of the settings.
 */
export const READ_SETTINGS: string = `
  select name, ${SEARCH_PATH} as setting from pg_catalog.pg_settings where name in (${NAMES})
  union all select name, pg_catalog.set_config(name, '0', false)
    from pg_catalog.pg_settings where name = '${TRANSACTION_TIMEOUT}'
  union all select '${PROCESS}', pg_catalog.pg_backend_pid()::text
  union all select '${READ_ONLY}', pg_catalog.current_setting('${READ_ONLY}')
  union all select '${RECOVERY}', pg_catalog.pg_is_in_recovery()::text`;
