import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Readiness } from '../../server/http/readiness.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

const readyz = async ({ port }: TestService) => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;

requires('postgres').describe('D1: /readyz checks what a call needs', () => {
  let role: FreshRole;
  let service: TestService;
  let ada: Person;
  let limited: Credentials;
  beforeAll(async () => {
    role = await freshRole();
    service = await startTestService({ env: { DATABASE_URL: role.url } });
    ada = await signUp(service);
    const limits = [{ name: 'hour', limit: 1_000, windowSeconds: 3_600 }];
    limited = await createKey(service, ada, { limits, credits: { remaining: 1_000 } });
  });
  afterAll(() => service.stop());

  const status = async () => [await readyz(service), (await query(service, limited, 'exemple')).status];
  const becomes = (expected: number) =>
    expect.poll(status, { timeout: 20_000, interval: 200 }).toEqual([expected, expected]);

  it.each<[string, (role: string) => string, (role: string) => string]>([
    ...[
      ['insert', 'nonces'],
      ['select', 'keys'],
      ['select', 'memberships'],
      ['update', 'rate_windows'],
      ['update', 'credits'],
    ].map(
      ([right, table]) =>
        [
          `a grant is missing: ${right} on ${table}`,
          (name: string) => `revoke ${right} on ${table} from ${name}`,
          (name: string) => `grant ${right} on ${table} to ${name}`,
        ] as [string, (role: string) => string, (role: string) => string],
    ),
    [
      'the role is read-only',
      (name) =>
        `alter role ${name} set default_transaction_read_only = on;
         select pg_terminate_backend(pid) from pg_stat_activity where usename = '${name}'`,
      (name) => `alter role ${name} reset default_transaction_read_only`,
    ],
    [
      'the disk is full',
      () => `create function full_disk() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;
        create trigger full_disk before insert on nonces for each row execute function full_disk()`,
      () => 'drop function full_disk cascade',
    ],
  ])(
    '%s: 503 like the calls, and 200 when they are served again',
    async (_, disturb, restore) => {
      await becomes(200);
      await role.admin.unsafe(disturb(role.role));
      await becomes(503);
      await role.admin.unsafe(restore(role.role));
      await becomes(200);
    },
    60_000,
  );

  it('a table that is locked: 503 in bounded time', async () => {
    await becomes(200);
    await role.admin.begin(async (holding) => {
      await holding`lock table nonces in access exclusive mode`;
      await expect.poll(() => readyz(service), { timeout: 20_000, interval: 200 }).toBe(503);
    });
    await becomes(200);
  }, 60_000);

  it('logs once why it is not ready', async () => {
    await becomes(200);
    const before = service.log.length;
    await role.admin.unsafe(`revoke insert on nonces from ${role.role}`);
    await becomes(503);
    for (let n = 0; n < 20; n++) await readyz(service);
    await role.admin.unsafe(`grant insert on nonces to ${role.role}`);
    await becomes(200);
    const lines = service.log.slice(before).filter((line) => /not ready|ready to serve/.test(line));
    expect(lines.length).toBe(2);
    expect(lines[0]).toContain('42501');
  }, 60_000);

  it('row-level security of a table that not every call reads: 503, and the log names the table', async () => {
    await becomes(200);
    const before = service.log.length;
    await role.admin.unsafe('alter table token_keys enable row level security, force row level security');
    await expect.poll(() => readyz(service), { timeout: 20_000, interval: 200 }).toBe(503);
    await role.admin.unsafe('alter table token_keys disable row level security, no force row level security');
    await becomes(200);
    const lines = service.log.slice(before).filter((line) => line.includes('not ready'));
    expect(lines).toEqual([expect.stringContaining('row-level security applies to this role on token_keys')]);
  }, 60_000);

  it('thousands of probes cost a handful of statements', async () => {
    await becomes(200);
    const claimed = async () => {
      const [row] = await role.admin`select count(*)::int as n from nonces where k = 'readyz'`;
      return Number(row?.['n']);
    };
    const before = await claimed();
    const begun = Date.now();
    const probes = Array.from({ length: 20 }, async () => {
      for (let n = 0; n < 100; n++) expect(await readyz(service)).toBe(200);
    });
    await Promise.all(probes);
    // One a second.
    expect((await claimed()) - before).toBeLessThanOrEqual(Math.ceil((Date.now() - begun) / 1_000) + 1);
    const [row] =
      await role.admin`select count(*)::int as n from pg_stat_activity where usename = ${role.role}`;
    expect(Number(row?.['n'])).toBeLessThanOrEqual(11);
  }, 60_000);
});

describe('D1: on PGlite', () => {
  it('calls that anyone has refused with 503 cause few further probes', async () => {
    const service = await startTestService();
    const readiness = new Readiness(service.running.service);
    const asked = vi.spyOn(service.running.service.stores.database, 'ping');
    const begun = performance.now();
    for (let n = 0; n < 200; n++) {
      readiness.invalidate();
      expect(await readiness.isReady()).toBe(true);
    }
    const seconds = (performance.now() - begun) / 1_000;
    expect(asked.mock.calls.length).toBeLessThanOrEqual(5 + 3 * Math.ceil(seconds) + 1);
    await service.stop();
  });

  it('a running service is ready, and one whose database was closed is not', async () => {
    const service = await startTestService();
    expect(await readyz(service)).toBe(200);
    await service.running.service.stores.database.close();
    await expect.poll(() => readyz(service), { timeout: 10_000, interval: 200 }).toBe(503);
    await service.stop().catch(() => {});
  });
});
