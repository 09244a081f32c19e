import postgres from 'postgres';
import { expect, it } from 'vitest';
import { MIGRATION_LOCK } from '../../server/stores/database/lock-holders.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { mutate, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService } from '../harness/service.ts';

interface Warning {
  readonly details: { holders?: { pid: number; application: string }[] };
  readonly sentence: string;
}

/** Starts with so much patience, and returns the warnings that it logged and how it ended. */
function opening(databaseUrl: string, startWaitSeconds: number) {
  const warnings: Warning[] = [];
  const warn = (details: object, sentence: string) => void warnings.push({ details, sentence });
  const opened = openDatabase({ databaseUrl, dataDir: '', startWaitSeconds }, 'migrate', undefined, warn);
  opened.catch(() => {});
  return { warnings, opened };
}

const waits = (warnings: readonly Warning[]) =>
  expect.poll(() => warnings.length, { timeout: 20_000 }).toBeGreaterThan(0);

requires('postgres').describe('D3: while another session has the lock of migrations', () => {
  it('startup logs who it waits for, and fails with a message', async () => {
    const role = await freshRole();
    const holder = postgres(role.url, { max: 1, connection: { application_name: 'left over' } });
    const [session] = await holder`select pg_backend_pid() as pid, pg_advisory_lock(${MIGRATION_LOCK})`;
    const { warnings, opened } = opening(role.url, 2);
    const error = await opened.then(
      () => null,
      (failure: Error) => failure,
    );
    expect(error?.name).toBe('ConfigError');
    expect(error?.message).toContain(`pid ${session?.['pid']} (left over)`);
    expect(error?.message).toMatch(/waited 2 s: .*pg_terminate_backend\(\d+\).*KEYSEAL_START_WAIT_SECONDS/);
    expect(error?.message).not.toMatch(/\n|hunter2|secret/);
    expect(warnings[0]?.details.holders).toMatchObject([{ pid: session?.['pid'], application: 'left over' }]);
    expect(warnings[0]?.sentence).toMatch(/startup is waiting: another session holds the migration lock/);
    await holder.end();
  });

  it('startup continues as soon as the lock is free', async () => {
    const role = await freshRole();
    const holder = postgres(role.url, { max: 1 });
    await holder`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const { warnings, opened } = opening(role.url, 60);
    await waits(warnings);
    await holder.end();
    const database = await opened;
    expect(database.migrated.length).toBeGreaterThan(0);
    await database.close();
  });

  it('a database that logical replication filled takes the next migration: its sequences begin anew', async () => {
    const role = await freshRole();
    await (await opening(role.url, 60).opened).close();
    await role.admin.unsafe(`
      drop table former_identities;
      delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations);
      alter sequence drizzle.__drizzle_migrations_id_seq restart with 1`);
    const database = await opening(role.url, 60).opened;
    expect(database.migrated).toEqual([expect.stringMatching(/^\d{4}_/)]);
    await database.close();
  });

  it('one of five instances that start at once on an empty database migrates', async () => {
    const role = await freshRole();
    const all = await Promise.all(Array.from({ length: 5 }, () => opening(role.url, 60).opened));
    expect(all.filter(({ migrated }) => migrated.length > 0).length).toBe(1);
    await Promise.all(all.map((database) => database.close()));
  });
});

/**
 * The last migrations, taken back from the newest that changes a table: tables that the calls below do not read, and indices. Columns
 * stay, and the table that each call reads, because the instance that serves reads them; adding a column that exists takes the same lock. A start makes all of it again.
 */
const UNDO = `
  drop table latencies, latency_hours, latency_days, request_log, recovery_codes, second_factors, passkeys, receipt_chains,
    exchange_rules, exchanged_tokens;
  drop index keys_exchange_rule, keys_exchanged_over, sessions_issuer_session, provider_logouts_kept,
    invitations_address, invitations_open, keys_owner_enabled, keys_exchange_rule_live, memberships_current,
    password_resets_open_user, password_resets_open_maker, password_resets_open_workspace, workspaces_to_empty,
    memberships_with_former_keys;
  delete from drizzle.__drizzle_migrations where created_at >= 1795916386882`;

requires('postgres').describe(
  'D4: while another session has locked a table that the new version changes',
  () => {
    async function serving() {
      const role = await freshRole();
      const service = await startTestService({ env: { DATABASE_URL: role.url } });
      const ada = await signUp(service);
      await role.admin.unsafe(UNDO);
      const holder = postgres(role.url, { max: 1, connection: { application_name: 'nightly dump' } });
      const stop = async () => {
        await service.stop();
        await holder.end();
      };
      return { role, service, holder, ada, stop };
    }

    const LOCKS = {
      'as a transaction that wrote to it': () => 'lock table sessions in row exclusive mode',
      'and every other table, as pg_dump does': async (admin: postgres.Sql) => {
        const tables = await admin`select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname in ('public', 'drizzle')`;
        return `lock table ${tables.map(({ name }) => name).join(', ')} in access share mode`;
      },
    };
    it.each(Object.entries(LOCKS))(
      '%s: running instances serve every call, and startup continues when the other session ends',
      async (_, lock) => {
        const { role, service, holder, ada, stop } = await serving();
        const statement = await lock(holder);
        const start = await holder.begin(async (session) => {
          await session.unsafe(statement);
          const opened = opening(role.url, 60);
          await waits(opened.warnings);
          // Each of them reads the table for which the migration waits, to lock it exclusively.
          for (let n = 0; n < 10; n++) {
            expect((await mutate(service, ada, 'workspaces.rename', { name: `Name ${n}` })).status).toBe(200);
            expect((await query(service, service.demo, 'exemple')).status).toBe(200);
          }
          return opened;
        });
        const database = await start.opened;
        expect(database.migrated).toHaveLength(15);
        expect(start.warnings[0]?.sentence).toMatch(/startup is waiting: another session holds a table/);
        expect(start.warnings[0]?.details.holders).toContainEqual(
          expect.objectContaining({ application: 'nightly dump' }),
        );
        await database.close();
        await stop();
      },
    );

    it('a startup that gives up waiting names the blocking session', async () => {
      const { role, holder, stop } = await serving();
      await holder.begin(async (session) => {
        await session`lock table sessions in row exclusive mode`;
        const { opened } = opening(role.url, 1);
        await expect(opened).rejects.toThrow(/holds a table that a migration changes: .*\(nightly dump\)/);
      });
      await stop();
    });

    it('a prepared transaction in the way is named, with what ends it', async () => {
      const { role, holder, stop } = await serving();
      await holder.unsafe(
        `begin; lock table sessions in row exclusive mode; prepare transaction 'the shop''s ${role.role}'`,
      );
      const { opened } = opening(role.url, 1);
      const remedy = new RegExp(`the prepared transaction 'the shop''s ${role.role}'.*rollback prepared`);
      await expect(opened).rejects.toThrow(remedy);
      await holder.unsafe(`rollback prepared 'the shop''s ${role.role}'`);
      await stop();
    });
  },
);
