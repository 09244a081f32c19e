import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { systemActor } from '../../server/stores/audit/audit.ts';
import type { Person } from './people.ts';
import type { TestService } from './service.ts';

/** The id of the n-th seeded key. */
export const keyOf = (n: number) => `k${String(n).padStart(11, '0')}`;

/**
 * Seeds a person's workspace with so many keys, external owners, members, invitations, sessions of that person that are
 * over, counts and audit records; and tables that are not divided by workspace with as many rows of others.
 */
export async function seedWorkspace(
  service: TestService,
  { userId, id: session }: Person,
  workspaceId: string,
  count: number,
  { analyzed = true } = {},
): Promise<void> {
  // A connection of its own: statements of the service may take five seconds, and each row would be looked up in the
  // tables that it refers to.
  const client = postgres(service.env['DATABASE_URL'] ?? '', {
    max: 1,
    onnotice: () => {},
    connection: { session_replication_role: 'replica', synchronous_commit: false },
  });
  const db = drizzle(client);
  const number = sql`generate_series(1, ${count}) n`;
  const id = (prefix: string, digits: number) => sql.raw(`'${prefix}' || lpad(n::text, ${digits}, '0')`);
  const statements = [
    sql`insert into users (id, email, name, password_hash)
      select ${id('usr_', 12)}, 'm' || n || '@crowd.example', 'Member ' || n, 'none' from ${number}`,
    sql`insert into memberships (workspace_id, user_id, role)
      select ${workspaceId}, ${id('usr_', 12)}, 'viewer' from ${number}`,
    sql`insert into workspaces (id, name) select ${id('wks_', 12)}, 'Workspace ' || n from ${number}`,
    sql`insert into external_owners (id, workspace_id, external_id)
      select ${id('ext_', 12)}, ${workspaceId}, ${id('customer ', 8)} from ${number}`,
    sql`insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
        signing_sealed, signing_version, external_owner_id, created_at, last_used_at)
      select ${id('k', 11)}, ${workspaceId}, ${userId}, 'Key ' || n / 5, 'live', '["exemple:read"]', 'ff', 1,
        'nobody''s', 1, ${id('ext_', 12)}, date_trunc('milliseconds', now()) - n * interval '1 second',
        case when n % 2 = 0 then date_trunc('milliseconds', now()) - n / 5 * interval '1 second' end from ${number}`,
    sql`insert into credits (subject, remaining, refilled_for) select ${id('k', 11)}, 5, now() from ${number}`,
    sql`insert into invitations (id, workspace_id, role, email, token_hash, token_version, invited_by, expires_at,
        accepted_at, created_at)
      select ${id('inv_', 12)}, ${workspaceId}, 'viewer', 'm' || n || '@crowd.example', 'hash ' || n, 1, ${userId},
        now() - n * interval '1 second', now() - n * interval '1 second', now() - n * interval '1 minute' from ${number}`,
    sql`insert into password_resets (token_hash, token_version, user_id, expires_at, created_at)
      select 'hash ' || n, 1, ${id('usr_', 12)}, now(), now() from ${number}`,
    sql`insert into sessions (id, user_id, workspace_id, signing_sealed, signing_version, refreshed_at, expires_at, ended_at)
      select ${id('ses_', 12)}, user_id, workspace_id, 'nobody''s', 1, now(), expires_at, now()
      from sessions, ${number} where id = ${session}`,
    sql`insert into idempotency (workspace_id, actor, procedure, idempotency_key, input_digest, key_id, created_at)
      select ${workspaceId}, ${userId}, 'keys.create', 'once ' || n, '', ${id('k', 11)}, now() from ${number}`,
    sql`insert into rate_windows (id, empty_at) select 'window ' || n, now() + interval '1 hour' from ${number}`,
    sql`insert into nonces (k, t, nonce)
      select 'somebody', extract(epoch from now())::bigint, ${id('nonce', 22)} from ${number}`,
    // An hour takes no more than a thousand; all of them in one would be read whole for the count of that hour.
    sql`insert into refused_calls (address, at, outcome, count)
      select '10.0.' || n, date_trunc('hour', now()) - n % 720 * interval '1 hour', 'KEY_MISSING', 1 from ${number}`,
    ...Object.entries({ latencies: 'minute', latency_hours: 'hour', latency_days: 'day' }).map(
      ([table, step]) => sql`insert into ${sql.identifier(table)} (key_id, at, counts)
        select ${id('k', 11)}, date_trunc(${step}::text, now(), 'UTC'), '{0,1,2}' from ${number}`,
    ),
    sql`insert into request_log (workspace_id, at, id, request_id, key_id, procedure, outcome, status, duration_ms,
        environment, address, represents)
      select ${workspaceId}, date_trunc('milliseconds', now()) - n * interval '0.5 second', ${id('c', 9)},
        'request ' || n, ${id('k', 11)}, 'exemple', case when n % 9 = 0 then 'RATE_LIMITED' else 'OK' end, 200, 1.5,
        'live', '192.0.2.1', 1 from ${number}`,
    ...Object.entries({ usage: 5, usage_hours: 50, usage_days: 500 }).map(
      ([table, days]) => sql`insert into ${sql.identifier(table)} (key_id, at, procedure, outcome, count)
        select ${id('k', 11)}, date_trunc('day', now(), 'UTC'), 'exemple', 'OK', n % 100 from ${number}
        union all
        select ${workspaceId}, date_trunc('day', now(), 'UTC') - n % ${days} * interval '1 day',
          'procedure ' || n, 'OK', 1 from ${number}`,
    ),
  ];
  for (const statement of statements) await db.execute(statement);
  const { audit } = service.running.service.stores;
  const change = { action: 'test', kind: 'key', subject: keyOf(1), after: { name: 'x' } } as const;
  for (let n = 0; n < count; n += 5_000) {
    const changes = Array.from({ length: Math.min(5_000, count - n) }, () => change);
    await db.transaction((tx) => audit.recordAll(tx, systemActor(workspaceId), changes));
  }
  if (analyzed) await db.execute(sql`analyze`);
  await client.end();
}
