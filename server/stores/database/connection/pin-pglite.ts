import type { PgliteClient } from '../pglite/pglite-client.ts';
import { deviationSentence, SessionRefused } from './session-check.ts';
import { deviations, READ_SETTINGS, startupParameters } from './session-settings.ts';

/**
 * Pins the one session of a PGlite: its data directory may hold settings of role and database.
 * @throws SessionRefused if the session does not accept them
 */
export async function pinPglite(client: PgliteClient): Promise<void> {
  const pinned = { session_replication_role: 'origin' };
  for (const [name, value] of Object.entries({ ...startupParameters({}), ...pinned })) {
    await client.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
  }
  const { rows } = await client.query<{ name: string; setting: string }>(READ_SETTINGS);
  const deviating = deviations(new Map(rows.map(({ name, setting }) => [name, setting])));
  if (deviating.length > 0) throw new SessionRefused(deviationSentence(deviating));
}
