import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

type Env = Record<string, string>;

/** What `doctor` found. No finding is a bare code. */
async function doctor(env: Env): Promise<{ code: number | null; findings: Finding[]; wrong: Finding[] }> {
  const { code, json } = await keyseal(['doctor', '--json'], { env });
  const findings: Finding[] = json.findings;
  for (const { found } of findings) expect(found).not.toMatch(/^[0-9A-Z]{5}$|\(\d{5}\)/);
  return { code, findings, wrong: findings.filter(({ state }) => state === 'wrong') };
}

/** A migrated database of a role of its own. */
async function migrated(server?: string): Promise<{ role: FreshRole; env: Env }> {
  const role = await freshRole(server);
  const env = {
    NODE_ENV: 'production',
    KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
    DATABASE_URL: role.url,
    KEYSEAL_DATA_DIR: await freshFolder(),
    KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
  };
  expect((await keyseal(['migrate'], { env })).code).toBe(0);
  return { role, env };
}

requires('postgres').describe('D6: doctor says what a start would say of a failing database', () => {
  it.each(['keys', 'nonces', 'exchange_rules'])('another session has locked the table %s', async (table) => {
    const { role, env } = await migrated();
    const holder = postgres(role.url, { max: 1, connection: { application_name: 'nightly dump' } });
    await holder.begin(async (session) => {
      const [own] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await session.unsafe(`lock table ${table} in access exclusive mode`);
      const { code, wrong } = await doctor(env);
      expect([code, wrong.map(({ found }) => found)]).toEqual([
        1,
        [expect.stringMatching(/^The database of DATABASE_URL \(.*\) kept a table locked .*57014\)/)],
      ]);
      expect(wrong[0]?.found).toContain(`pid ${own?.pid} (nightly dump)`);
      expect(wrong[0]?.fix).toContain(`pg_terminate_backend(${own?.pid})`);
    });
    await holder.end();
  });

  it('a role that may hold two connections', async () => {
    const { role, env } = await migrated();
    await role.admin.unsafe(`alter role ${role.role} connection limit 2`);
    const { code, wrong } = await doctor(env);
    expect(code).toBe(1);
    expect(wrong.map(({ found }) => found)).toEqual([
      expect.stringMatching(/^The database of DATABASE_URL \(.*\) has no connection left \(.*53300\)/),
    ]);
    expect(wrong[0]?.fix).not.toContain('Remove');
  });
});
