import { type Config, ConfigError } from '../../server/lib/config.ts';
import { connectPostgres } from '../../server/stores/database/connection/connect.ts';
import { overriddenIn } from '../../server/stores/database/connection/postgres-url.ts';
import {
  type Deviation,
  deviations,
  READ_SOURCES,
  SERVER_GUARANTEES,
} from '../../server/stores/database/connection/session-settings.ts';
import { type DoctorCheck, wrong } from './check.ts';

/** The settings that durability on disk depends on. */
const DURABLE = ['synchronous_commit', ...SERVER_GUARANTEES.map(({ name }) => name)];
/** Servers commonly set these; Keyseal's values take precedence. */
const OF_THE_SERVER = [
  'TimeZone',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
];

interface Setting {
  readonly name: string;
  readonly setting: string;
  readonly source: string;
}

/**
 * Inspects a session as URL, role, database and server configure it, without Keyseal's values. If a guarantee depends on a
 * setting that they change, the operator should know, although Keyseal's own sessions override it.
 */
export async function checkSession({ databaseUrl }: Config): Promise<DoctorCheck[]> {
  if (databaseUrl === null) return [];
  const client = connectPostgres(databaseUrl, { max: 1, asFound: true });
  try {
    const settings = [...(await client.unsafe<Setting[]>(READ_SOURCES))];
    const undone = undoneIn(settings);
    return [durability(undone, settings), ...session(undone), ...withoutEffect(databaseUrl, undone)];
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as { code?: string };
    return [
      wrong(
        'session',
        `cannot be opened with the settings in DATABASE_URL (${code})`,
        'Remove the parameters that you do not need from DATABASE_URL.',
      ),
    ];
  } finally {
    await client.end({ timeout: 1 });
  }
}

interface Undone extends Deviation {
  /** As in `pg_settings`. */
  readonly source: string;
}

function undoneIn(settings: readonly Setting[]): Undone[] {
  const values = new Map(settings.map(({ name, setting }) => [name, setting]));
  const guarantees = SERVER_GUARANTEES.filter(({ name, value }) => values.get(name) !== value).map(
    ({ name, value, why }) => ({ name, found: values.get(name) ?? 'not reported', required: value, why }),
  );
  return [...guarantees, ...deviations(values)]
    .map((one) => ({ ...one, source: settings.find(({ name }) => name === one.name)?.source ?? 'default' }))
    .filter(({ name, source }) => isUndone(name, source));
}

/** Postgres's defaults are no change; a server's own time zone and timeouts affect no guarantee. */
function isUndone(name: string, source: string): boolean {
  if (DURABLE.includes(name)) return true;
  return source !== 'default' && !(source === 'configuration file' && OF_THE_SERVER.includes(name));
}

function durability(undone: readonly Undone[], settings: readonly Setting[]): DoctorCheck {
  const broken = undone.filter(({ name }) => DURABLE.includes(name));
  if (broken.length > 0) return wrong('durability', textOf(broken), fixOf(broken));
  const commit = settings.find(({ name }) => name === 'synchronous_commit')?.setting;
  return { name: 'durability', state: 'right', found: `fsync on, synchronous_commit ${commit}` };
}

function session(undone: readonly Undone[]): DoctorCheck[] {
  const changed = undone.filter(({ name }) => !DURABLE.includes(name));
  return changed.length === 0 ? [] : [wrong('session', textOf(changed), fixOf(changed))];
}

/** Harmless settings of the URL that have no effect. Nothing is wrong, but the operator may rely on them. */
function withoutEffect(databaseUrl: string, undone: readonly Undone[]): DoctorCheck[] {
  const reported = undone.map(({ name }) => name);
  const names = overriddenIn(databaseUrl).filter((name) => !reported.includes(name));
  if (names.length === 0) return [];
  const found = `DATABASE_URL sets ${names.join(', ')} without effect: Keyseal sets this itself`;
  return [{ name: 'session', state: 'right', found, fix: `Remove ${names.join(', ')} from DATABASE_URL.` }];
}

const textOf = (undone: readonly Undone[]) =>
  undone
    .map(({ name, found, required, why }) => `${name} is "${found}" and must be "${required}": ${why}`)
    .join('; ');

const fixOf = (undone: readonly Undone[]) =>
  undone.map((one) => `${FIXES[one.source]?.(one) ?? fixInServer(one)}.`).join(' ');

const fixInServer = ({ name, required }: Undone) => `Set ${name} = ${required} in Postgres`;

const FIXES: Readonly<Record<string, (undone: Undone) => string>> = {
  client: ({ name }) => `Remove ${name} from DATABASE_URL`,
  user: ({ name }) => `Run ALTER ROLE ... RESET ${name}`,
  database: ({ name }) => `Run ALTER DATABASE ... RESET ${name}`,
  'database user': ({ name }) => `Run ALTER ROLE ... IN DATABASE ... RESET ${name}`,
};
