import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHeads, auditKeys } from '../../drizzle/schema/audit.ts';
import { Audit, systemActor } from '../../server/stores/audit/audit.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
import { dbOf, recordsOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, sibling, startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

const ONE = { version: 1, bytes: randomBytes(32) };
const TWO = { version: 2, bytes: randomBytes(32) };
const THREE = { version: 3, bytes: randomBytes(32) };
const given = (...masterKeys: (typeof ONE)[]) =>
  masterKeys.map(({ version, bytes }) => `${version}:${bytes.toString('base64')}`).join(',');

/** A person with a workspace, a key in it, and what the log recorded of its chain while the first master key was used. */
interface Tenant {
  readonly person: Person;
  readonly key: Credentials & { apiKey: string };
  readonly workspaceId: string;
  readonly known: { seq: number; mac: string };
}

/** Keys of the lock that holds up a rotation. */
const LOCK = 4711;

requires('postgres').describe('a master key that made audit records and is removed', () => {
  let service: TestService;
  let behind: postgres.Sql;
  let tenants: Tenant[];
  /** A chain whose head was changed before the rotation. */
  let touched: Tenant;
  let DATABASE_URL: string;

  const rotate = (options = {}) =>
    keyseal(['master-key', 'rotate', '--json'], { env: service.env, ...options });
  const tenant = (n: number) => tenants[n] as Tenant;

  beforeAll(async () => {
    DATABASE_URL = await freshPostgres();
    const env = {
      DATABASE_URL,
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_MASTER_KEYS: given(ONE),
    };
    const before = await startTestService({ env });
    behind = postgres(DATABASE_URL, { max: 2, onnotice: () => {} });
    const made: Tenant[] = [];
    for (let n = 0; n < 6; n++) made.push(await begin(before));
    touched = await begin(before);
    tenants = made.sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1));
    service = await restart(before, { KEYSEAL_MASTER_KEYS: given(TWO, ONE) });
    // What is hashed moves when it is used.
    for (const { key } of [...tenants, touched])
      expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await query(service, service.demo, 'exemple')).status).toBe(200);
    // Of these chains one continues under the second.
    await createKey(service, tenant(0).person);
  });
  afterAll(async () => {
    await service.stop();
    await behind.end();
  });

  async function begin(at: TestService): Promise<Tenant> {
    const person = await signUp(at);
    const key = await createKey(at, person);
    for (const name of ['B', 'C']) await mutate(at, person, 'keys.update', { id: key.id, name });
    const workspaceId = await workspaceOf(at, key);
    const { seq = 0, mac = '' } = (await recordsOf(at, workspaceId)).at(-1) ?? {};
    return { person, key, workspaceId, known: { seq, mac } };
  }

  const headVersions = async () => {
    const heads = await dbOf(service).select().from(auditHeads).orderBy(auditHeads.workspaceId);
    return new Map(heads.map(({ workspaceId, keyVersion }) => [workspaceId, keyVersion]));
  };

  describe('rotating it', () => {
    it('reports a head that the service did not write', async () => {
      const { workspaceId, person } = touched;
      await behind`update audit_heads set seq = seq - 1 where workspace_id = ${workspaceId}`;
      await behind.unsafe('create table held_heads as table audit_heads');
      const { code, err } = await rotate();
      expect(code).toBe(1);
      expect(JSON.parse(err).error.message).toContain(workspaceId);
      expect(JSON.parse(err).error.heads.broken).toEqual([workspaceId]);
      expect(await verifyChain(service, person)).toMatchObject({ verified: false, problem: 'cut' });
      const said = (await recordsOf(service, workspaceId)).filter(({ action }) => action === 'audit.broken');
      expect(said).toHaveLength(1);
      // The heads as they were, for the rotation that is killed.
      await behind`update audit_heads set (seal_mac, key_version) =
        (select seal_mac, key_version from held_heads h where h.workspace_id = audit_heads.workspace_id)
        where workspace_id <> ${workspaceId}`;
    });

    it('continues after it was killed between two heads, while instances write', async () => {
      // Heads of several statements, and one in the middle that is locked.
      const headless = new Audit(new Vault([ONE]), Date.now);
      const idOf = (n: number) => `zz${String(n).padStart(4, '0')}`;
      const heads = Array.from({ length: 250 }, (_, n) =>
        headless.headWithMac({ workspaceId: idOf(n), seq: 1, mac: 'none' }),
      );
      await dbOf(service).insert(auditHeads).values(heads);
      const middle = idOf(150);
      await behind.unsafe(`
        create function hold() returns trigger language plpgsql as $$ begin
          if new.workspace_id = '${middle}' then perform pg_advisory_xact_lock(${LOCK}); end if;
          return new;
        end $$;
        create trigger hold before update on audit_heads for each row execute function hold()`);
      await behind.begin(async (holding) => {
        await holding`select pg_advisory_xact_lock(${LOCK})`;
        let kill = () => {};
        const running = rotate({
          started: (end: () => void) => {
            kill = end;
          },
        });
        await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBe(1);
        kill();
        expect((await running).code).toBe(null);
      });
      await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBe(0);
      const half = [...(await headVersions()).values()].filter((version) => version === 2).length;
      expect([half >= 100, half <= 210], `${half} moved`).toEqual([true, true]);
      await behind.unsafe('drop trigger hold on audit_heads; drop function hold()');

      // A change is made while it continues.
      const running = rotate();
      for (let n = 0; n < 10; n++) await createKey(service, tenant(5).person);
      const { code, json } = await running;
      expect([code, json.waiting]).toEqual([0, []]);
      expect([json.heads.resealed >= 40, json.heads.broken]).toEqual([true, []]);
      expect(new Set((await headVersions()).values())).toEqual(new Set([2]));
      await behind`delete from audit_heads where workspace_id like 'zz%'`;
      expect(await verifyChain(service, tenant(5).person)).toMatchObject({ verified: true });
    });

    it('changes no record, and no head of the log', async () => {
      for (const { person, workspaceId, known } of tenants) {
        const versions = (await recordsOf(service, workspaceId)).map(({ keyVersion }) => keyVersion);
        expect(versions.slice(0, known.seq)).toEqual(Array(known.seq).fill(1));
        expect(await verifyChain(service, person, { known })).toMatchObject({ verified: true });
      }
    });

    it('replaces an audit key that an attacker with the old master key stored', async () => {
      const planted = new Vault([{ version: 1, bytes: randomBytes(32) }]).mac('audit', 'another');
      const { text } = new Vault([ONE]).encrypt(planted, { table: 'audit_keys', column: 'key', row: '1' });
      await dbOf(service).update(auditKeys).set({ keySealed: text, sealVersion: 1 });
      expect((await rotate()).code).toBe(0);
      const [row] = await dbOf(service).select().from(auditKeys);
      const kept = { text: row?.keySealed ?? '', version: row?.sealVersion ?? 0 };
      expect(kept.version).toBe(2);
      expect(new Vault([TWO, ONE]).isAuditKey(1, kept)).toBe(true);
    });
  });

  describe('the service without the old master key', () => {
    beforeAll(async () => {
      service = await restart(service, { KEYSEAL_MASTER_KEYS: given(TWO) });
    });

    it('starts, verifies every chain, and continues each', async () => {
      for (const { person, known } of tenants) {
        expect(await verifyChain(service, person, { known })).toMatchObject({ verified: true });
        await createKey(service, person);
        expect(await verifyChain(service, person, { known })).toMatchObject({ verified: true });
      }
    });

    it('has a command line that verifies too', async () => {
      const { code, json } = await keyseal(['audit', 'verify', '--json'], { env: service.env });
      const wrong = json.chains.filter((chain: { verified: boolean }) => !chain.verified);
      expect(wrong.map((chain: { workspaceId: string }) => chain.workspaceId)).toEqual([touched.workspaceId]);
      expect(code).toBe(1);
      const doctor = await keyseal(['doctor', '--json'], { env: service.env });
      const found = doctor.json.findings.find(({ name }: { name: string }) => name === 'master keys');
      expect(found).toMatchObject({ state: 'right', found: 'newest version 2, available: 2' });
    });

    it('agrees with an instance that still has the old key', async () => {
      const older = await sibling(service, { KEYSEAL_MASTER_KEYS: given(TWO, ONE) });
      for (const at of [older, service, older]) {
        await createKey(at, tenant(1).person);
        for (const one of [service, older])
          expect(await verifyChain(one, tenant(1).person)).toMatchObject({ verified: true });
      }
      await older.stop();
    });

    it('does not start if the stored audit key is missing, or encrypted under another master key', async () => {
      const env = { KEYSEAL_MASTER_KEYS: given(TWO) };
      await behind.unsafe('create table kept as table audit_keys; delete from audit_keys');
      await expect(sibling(service, env)).rejects.toThrow(/need version 1\./);
      const forged = new Vault([{ ...TWO, bytes: randomBytes(32) }]).encryptAuditKey(2);
      await dbOf(service).insert(auditKeys).values({ version: 1, keySealed: forged.text, sealVersion: 2 });
      await expect(sibling(service, env)).rejects.toThrow(/need version 1\./);
      await behind.unsafe('delete from audit_keys; insert into audit_keys table kept; drop table kept');
    });
  });

  describe('an attacker with the old master key and write access to the database', () => {
    /** What they can do with it: everything that the service did while it was the newest. */
    const theirs = new Audit(new Vault([ONE]), Date.now);
    const change = { action: 'keys.revoke', kind: 'key', subject: 'forged' } as const;

    /** Does something to a chain, looks, and puts it back. */
    async function forged(
      { workspaceId, person }: Tenant,
      deed: (last: { seq: number; mac: string }[]) => Promise<unknown>,
      then: () => Promise<unknown> = async () => null,
    ): Promise<unknown> {
      const db = dbOf(service);
      await db.execute(
        sql`create table r as select * from audit_records where workspace_id = ${workspaceId}`,
      );
      await db.execute(sql`create table h as select * from audit_heads where workspace_id = ${workspaceId}`);
      try {
        await deed(await recordsOf(service, workspaceId));
        await then();
        return await verifyChain(service, person);
      } finally {
        await db.execute(sql`delete from audit_records where workspace_id = ${workspaceId}`);
        await db.execute(sql`delete from audit_heads where workspace_id = ${workspaceId}`);
        await db.execute(sql`insert into audit_records table r`);
        await db.execute(sql`insert into audit_heads table h`);
        await db.execute(sql`drop table r, h`);
      }
    }

    const cutFrom = ({ workspaceId }: Tenant, seq: number) =>
      dbOf(service).execute(
        sql`delete from audit_records where workspace_id = ${workspaceId} and seq >= ${seq}`,
      );
    const setHead = ({ workspaceId }: Tenant, end: { seq: number; mac: string }) =>
      dbOf(service)
        .update(auditHeads)
        .set(theirs.headWithMac({ workspaceId, seq: end.seq, mac: end.mac }))
        .where(sql`workspace_id = ${workspaceId}`);
    /** Writes records of their own behind what is left, and a head. */
    const write = ({ workspaceId }: Tenant, n: number) =>
      dbOf(service).transaction((tx) =>
        theirs.recordAll(tx, systemActor(workspaceId), Array(n).fill(change)),
      );

    it('cannot cut the end of a chain', async () => {
      const ends = await forged(tenant(2), async (records) => {
        const end = records[2] as { seq: number; mac: string };
        await cutFrom(tenant(2), 4);
        await setHead(tenant(2), end);
      });
      expect(ends).toMatchObject({ verified: false, at: 4, problem: 'cut' });
    });

    it('cannot make the service append to a forged end as if it were genuine', async () => {
      const deed = async (records: { seq: number; mac: string }[]) => {
        await cutFrom(tenant(2), 4);
        await setHead(tenant(2), records[2] as { seq: number; mac: string });
      };
      const found = await forged(tenant(2), deed, () => createKey(service, tenant(2).person));
      expect(found).toMatchObject({ verified: false, at: 4, problem: 'cut' });
    });

    it('cannot append to a chain', async () => {
      const found = await forged(tenant(2), async (records) => {
        await setHead(tenant(2), records.at(-1) as { seq: number; mac: string });
        await write(tenant(2), 1);
      });
      expect(found).toMatchObject({ verified: false, problem: 'cut' });
    });

    it('cannot rewrite the records that the old key made', async () => {
      const found = await forged(tenant(2), async (records) => {
        const db = dbOf(service);
        await db.execute(sql`create table newer as select * from audit_records
          where workspace_id = ${tenant(2).workspaceId} and key_version = 2`);
        await db.execute(sql`create table head as select * from audit_heads
          where workspace_id = ${tenant(2).workspaceId}`);
        await cutFrom(tenant(2), 3);
        await setHead(tenant(2), records[1] as { seq: number; mac: string });
        await write(tenant(2), tenant(2).known.seq - 2);
        await db.execute(sql`insert into audit_records table newer`);
        await db.execute(sql`delete from audit_heads where workspace_id = ${tenant(2).workspaceId}`);
        await db.execute(sql`insert into audit_heads table head`);
        await db.execute(sql`drop table newer, head`);
      });
      // Theirs are right by themselves; the first one under the newer key is not behind them.
      expect(found).toEqual({ verified: false, at: tenant(2).known.seq + 1, problem: 'changed' });
    });

    it('cannot rewrite a chain whose only newer MAC is its head', async () => {
      const found = await forged(tenant(2), async (records) => {
        await cutFrom(tenant(2), 3);
        await setHead(tenant(2), records[1] as { seq: number; mac: string });
        await write(tenant(2), records.length - 2);
      });
      expect(found).toMatchObject({ verified: false, at: expect.any(Number), problem: 'cut' });
    });

    it('cannot restart a chain', async () => {
      const found = await forged(tenant(2), async () => {
        await cutFrom(tenant(2), 1);
        await dbOf(service)
          .delete(auditHeads)
          .where(sql`workspace_id = ${tenant(2).workspaceId}`);
        await write(tenant(2), 5);
      });
      expect(found).toMatchObject({ verified: false, problem: 'cut' });
    });

    it('leaves a chain that verifies again once the original rows are back', async () => {
      expect(await verifyChain(service, tenant(2).person)).toMatchObject({ verified: true });
    });
  });

  it('a third master key encrypts the audit key of the first, and verifies without the second', async () => {
    service = await restart(service, { KEYSEAL_MASTER_KEYS: given(THREE, TWO) });
    for (const { key } of [...tenants, touched, { key: service.demo }])
      expect((await query(service, key, 'exemple')).status).toBe(200);
    const { code, json } = await rotate();
    expect(code).toBe(0);
    const used = json.waiting.filter(({ table }: { table: string }) => table !== 'keys');
    expect(used).toEqual([]);
    const rows = await dbOf(service).select().from(auditKeys).orderBy(auditKeys.version);
    expect(rows.map(({ version, sealVersion }) => [version, sealVersion])).toEqual([
      [1, 3],
      [2, 3],
    ]);
    // The keys that were made in between are not used again.
    await behind`update keys set revoked_at = now() where pepper_version <> 3`;
    service = await restart(service, { KEYSEAL_MASTER_KEYS: given(THREE) });
    for (const { person, known } of tenants)
      expect(await verifyChain(service, person, { known })).toMatchObject({ verified: true });
  });

  /** Statements that wait for the lock of the test. */
  async function waiting(): Promise<number> {
    const rows = await behind`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event = 'advisory' and query like '%audit_heads%'`;
    return rows.length;
  }
});
