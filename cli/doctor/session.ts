import type { Config } from '../../server/lib/config.ts';
import { connectPostgres } from '../../server/stores/database/connection/connect.ts';
import { overriddenIn } from '../../server/stores/database/connection/postgres-url.ts';
import {
  type Deviation,
  deviations,
  READ_SOURCES,
  SERVER_GUARANTEES,
} from '../../server/stores/database/connection/session-settings.ts';
import { type DoctorCheck, failedCheck } from './check.ts';
import { sentenceOf } from './database-failure.ts';

/** The settings that durability on disk depends on. */
const DURABILITY_SETTINGS = [
  ...['synchronous_commit', 'zero_damaged_pages', 'ignore_checksum_failure'],
  ...SERVER_GUARANTEES.map(({ name }) => name),
];
/** Settings that servers commonly change; Keyseal's values take precedence. */
const USUAL_SERVER_SETTINGS = [
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
  const client = connectPostgres(databaseUrl, { max: 1, unchecked: true });
  try {
    const settings = [...(await client.unsafe<Setting[]>(READ_SOURCES))];
    const harmful = harmfulIn(settings);
    return [
      durabilityCheck(harmful, settings),
      ...sessionChecks(harmful),
      ...ineffectiveSettings(databaseUrl, harmful),
    ];
  } catch (error) {
    const sentence = sentenceOf(error, databaseUrl, 'opening');
    if (sentence === null) throw error;
    return [failedCheck('session', sentence, 'Do what this says, then run doctor again.')];
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** A setting that breaks a guarantee. */
interface HarmfulSetting extends Deviation {
  /** As in `pg_settings`. */
  readonly source: string;
}

function harmfulIn(settings: readonly Setting[]): HarmfulSetting[] {
  const values = new Map(settings.map(({ name, setting }) => [name, setting]));
  const guarantees = SERVER_GUARANTEES.filter(({ name, value }) => values.get(name) !== value).map(
    ({ name, value, why }) => ({ name, found: values.get(name) ?? 'not reported', required: value, why }),
  );
  return [...guarantees, ...deviations(values)]
    .map((setting) => ({
      ...setting,
      source: settings.find(({ name }) => name === setting.name)?.source ?? 'default',
    }))
    .filter(({ name, source }) => isHarmful(name, source));
}

/** Postgres's defaults change nothing; a server's own time zone and timeouts affect no guarantee. */
function isHarmful(name: string, source: string): boolean {
  if (DURABILITY_SETTINGS.includes(name)) return true;
  return source !== 'default' && !(source === 'configuration file' && USUAL_SERVER_SETTINGS.includes(name));
}

function durabilityCheck(harmful: readonly HarmfulSetting[], settings: readonly Setting[]): DoctorCheck {
  const broken = harmful.filter(({ name }) => DURABILITY_SETTINGS.includes(name));
  if (broken.length > 0) return failedCheck('durability', describeSettings(broken), fixOf(broken));
  const commit = settings.find(({ name }) => name === 'synchronous_commit')?.setting;
  return { name: 'durability', state: 'right', found: `fsync on, synchronous_commit ${commit}` };
}

function sessionChecks(harmful: readonly HarmfulSetting[]): DoctorCheck[] {
  const changed = harmful.filter(({ name }) => !DURABILITY_SETTINGS.includes(name));
  return changed.length === 0 ? [] : [failedCheck('session', describeSettings(changed), fixOf(changed))];
}

/** Harmless settings of the URL that have no effect. Nothing is wrong, but the operator may rely on them. */
function ineffectiveSettings(databaseUrl: string, harmful: readonly HarmfulSetting[]): DoctorCheck[] {
  const reported = harmful.map(({ name }) => name);
  const names = overriddenIn(databaseUrl).filter((name) => !reported.includes(name));
  if (names.length === 0) return [];
  const found = `DATABASE_URL sets ${names.join(', ')} without effect: Keyseal sets this itself`;
  return [{ name: 'session', state: 'right', found, fix: `Remove ${names.join(', ')} from DATABASE_URL.` }];
}

const describeSettings = (harmful: readonly HarmfulSetting[]) =>
  harmful
    .map(({ name, found, required, why }) => `${name} is "${found}" and must be "${required}": ${why}`)
    .join('; ');

const fixOf = (harmful: readonly HarmfulSetting[]) =>
  harmful.map((setting) => `${FIXES[setting.source]?.(setting) ?? fixInServer(setting)}.`).join(' ');

const fixInServer = ({ name, required }: HarmfulSetting) => `Set ${name} = ${required} in Postgres`;

const FIXES: Readonly<Record<string, (harmful: HarmfulSetting) => string>> = {
  client: ({ name }) => `Remove ${name} from DATABASE_URL`,
  user: ({ name }) => `Run ALTER ROLE ... RESET ${name}`,
  database: ({ name }) => `Run ALTER DATABASE ... RESET ${name}`,
  'database user': ({ name }) => `Run ALTER ROLE ... IN DATABASE ... RESET ${name}`,
};
