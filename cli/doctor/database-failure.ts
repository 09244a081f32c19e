import { type Config, ConfigError } from '../../server/lib/config.ts';
import { causeOf, failureSentence } from '../../server/stores/database/connection/failure-sentence.ts';
import type { StartStep } from '../../server/stores/database/connection/failure-table.ts';
import { causesOf, isContention, isOutage } from '../../server/stores/database/connection-errors.ts';
import type { Database } from '../../server/stores/database/database.ts';
import {
  endOfHolder,
  type LockHolder,
  nameOfHolder,
  tableLockHolders,
} from '../../server/stores/database/lock-holders.ts';
import { startFailure } from '../../server/stores/database/open-postgres.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** The messages of a failed startup end with the remedy. */
const AS_IT_SAYS = 'Do what this says, then run doctor again.';

/**
 * The result of a check that threw. A database error is described as at startup, with the sessions that hold a lock. Of any other
 * error, it shows the message of a ConfigError, or else only the name, since a statement may contain secrets.
 */
export async function checkOfFailure(
  name: DoctorCheck['name'],
  error: unknown,
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  { sql: client }: Pick<Database, 'sql'>,
): Promise<DoctorCheck> {
  const sentence = sentenceOf(error, databaseUrl);
  if (sentence === null) {
    const { name: kind = 'unknown error' } = Object(error) as { name?: string };
    return failedCheck(name, `could not be checked (${kind})`, 'Report this with the log of the database.');
  }
  const holders = client && isContention(error) ? await tableLockHolders(client).catch(() => []) : [];
  return heldCheck(name, sentence, holders);
}

function heldCheck(name: DoctorCheck['name'], sentence: string, holders: readonly LockHolder[]): DoctorCheck {
  const [first] = holders;
  if (!first) return failedCheck(name, sentence, AS_IT_SAYS);
  const found = `${sentence} Tables are held by ${holders.map(nameOfHolder).join(', ')}.`;
  const fix = `Let the oldest of them finish, or end it with ${endOfHolder(first)}; then run doctor again.`;
  return { ...failedCheck(name, found, fix), details: holders };
}

/** The message that startup would print; null for an error that does not come from the database. */
export function sentenceOf(
  error: unknown,
  databaseUrl: string | null,
  step: StartStep = 'using',
): string | null {
  const known = causesOf(error).find((cause) => cause instanceof ConfigError);
  if (known) return known.message;
  if (causeOf(error).name !== 'PostgresError' && !isOutage(error)) return null;
  return databaseUrl === null
    ? failureSentence('The database', error, step, null)
    : startFailure(databaseUrl, error, step).message;
}
