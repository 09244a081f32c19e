import { randomBytes } from 'node:crypto';
import { and, asc, count, eq, ne } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { tokenKeys } from '../../drizzle/schema/token-keys.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

const ONE = { version: 1, bytes: randomBytes(32) };
const TWO = { version: 2, bytes: randomBytes(32) };
const given = (...masterKeys: (typeof ONE)[]) =>
  masterKeys.map(({ version, bytes }) => `${version}:${bytes.toString('base64')}`).join(',');

/** Keys in addition to those of people, whose encrypted secret is the text of their id. */
const MANY = 1_000;

requires('postgres').describe('master-key rotate alongside a service that serves', () => {
  let service: TestService;
  let ada: Person;
  let key: Credentials & { apiKey: string };
  let rotated: Credentials & { apiKey: string };
  let behind: postgres.Sql;

  beforeAll(async () => {
    const env = {
      DATABASE_URL: await freshPostgres(),
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_MASTER_KEYS: given(ONE),
    };
    const before = await startTestService({ env });
    behind = postgres(env.DATABASE_URL, { max: 2, onnotice: () => {} });
    ada = await signUp(before);
    key = await createKey(before, ada);
    rotated = await createKey(before, ada);
    await mutate(before, ada, 'keys.rotate', { id: rotated.id, graceSeconds: 3600 });
    await insertMany(before);
    service = await restart(before, { KEYSEAL_MASTER_KEYS: given(TWO, ONE) });
  });
  afterAll(async () => {
    await service.stop();
    await behind.end();
  });

  const idOf = (n: number) => `many${String(n).padStart(8, '0')}`;
  const db = () => service.running.service.stores.database.db;
  const rotate = (options = {}) =>
    keyseal(['master-key', 'rotate', '--json'], { env: service.env, ...options });

  async function insertMany({ running, demo }: TestService): Promise<void> {
    const vault = new Vault([ONE]);
    const rows = Array.from({ length: MANY }, (_, n) => {
      const { text, version } = vault.encrypt(idOf(n), { table: 'keys', column: 'signing', row: idOf(n) });
      return {
        id: idOf(n),
        workspaceId: demo.workspaceId,
        name: 'one of many',
        environment: 'live' as const,
        permissions: [],
        secretHash: 'ff',
        pepperVersion: 1,
        signingSealed: text,
        signingVersion: version,
      };
    });
    await running.service.stores.database.db.insert(keys).values(rows);
  }

  /** How many rows are encrypted under version 2. */
  async function moved(): Promise<number> {
    const [row] = await db()
      .select({ n: count() })
      .from(keys)
      .where(and(eq(keys.name, 'one of many'), eq(keys.signingVersion, 2)));
    return row?.n ?? 0;
  }

  /** Statements of a rotation that wait for another session's lock. */
  async function waiting(): Promise<number> {
    const rows = await behind`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%jsonb_to_recordset%'`;
    return rows.length;
  }

  it('continues after it was killed half-way, and keeps rows that were written in the meantime', async () => {
    await behind.begin(async (holding) => {
      // A row in the middle that is locked: the rotation waits for it, and is killed there.
      await holding`select 1 from keys where id = ${idOf(MANY / 2)} for update`;
      let kill = () => {};
      const first = rotate({
        started: (end: () => void) => {
          kill = end;
        },
      });
      await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBe(1);
      kill();
      expect((await first).code).toBe(null);
      const half = await moved();
      expect([half > MANY / 4, half < (3 * MANY) / 4], `${half} moved`).toEqual([true, true]);
    });

    // The second one waits further on, and finds that the row was written.
    const others = idOf(MANY - 10);
    const vault = new Vault([TWO, ONE]);
    const place = { table: 'keys', column: 'signing', row: others };
    const written = vault.encrypt('another secret', place);
    const second = await behind.begin(async (holding) => {
      await holding`update keys set signing_sealed = ${written.text}, signing_version = 2 where id = ${others}`;
      const running = rotate();
      await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBe(1);
      return { running };
    });
    const { code, json } = await second.running;
    expect(code).toBe(0);
    expect(json.version).toBe(2);
    expect(json.columns[0]).toMatchObject({ table: 'keys', column: 'signing', passed: 1, damaged: [] });
    expect(await moved()).toBe(MANY);
    const rows = await db().select().from(keys).where(eq(keys.name, 'one of many')).orderBy(asc(keys.id));
    for (const row of rows) {
      const secret = vault.decrypt(
        { text: row.signingSealed, version: row.signingVersion },
        { ...place, row: row.id },
      );
      expect(secret).toBe(row.id === others ? 'another secret' : row.id);
    }
  });

  it('leaves nothing encrypted under the old version, and lists what has a MAC under it', async () => {
    const left = await Promise.all([
      db().select().from(keys).where(ne(keys.signingVersion, 2)),
      db().select().from(keys).where(eq(keys.previousSigningVersion, 1)),
      db().select().from(sessions).where(ne(sessions.signingVersion, 2)),
      db().select().from(tokenKeys).where(ne(tokenKeys.sealVersion, 2)),
    ]);
    expect(left.map((rows) => rows.length)).toEqual([0, 0, 0, 0]);
    const { code, json } = await rotate();
    expect(code).toBe(0);
    expect(json.columns.map(({ resealed }: { resealed: number }) => resealed)).toEqual([0, 0, 0, 0, 0, 0]);
    // The demo's key, Ada's two, the many; and the secrets from before a rotation.
    expect(json.waiting).toEqual([
      { table: 'keys', column: 'pepper_version', version: 1, rows: MANY + 3, needed: MANY + 3 },
      { table: 'keys', column: 'previous_pepper_version', version: 1, rows: 1, needed: 1 },
    ]);
  });

  it('keeps keys, with their current and previous secrets, and sessions valid', async () => {
    for (const who of [key, rotated, service.demo])
      expect((await query(service, who, 'exemple')).status).toBe(200);
    expect((await query(service, ada, 'whoami')).status).toBe(200);
  });

  it('names a row that does not decrypt, with status 1, and rewraps the others', async () => {
    const wrong = new Vault([ONE]).encrypt('moved here', { table: 'keys', column: 'signing', row: idOf(1) });
    await db()
      .update(keys)
      .set({ signingSealed: wrong.text, signingVersion: 1 })
      .where(eq(keys.id, idOf(0)));
    const { code, err } = await rotate();
    expect(code).toBe(1);
    expect(JSON.parse(err).error.message).toContain(`keys.signing ${idOf(0)}`);
  });

  it('refuses a master key that the database was not created with', async () => {
    const env = { ...service.env, KEYSEAL_MASTER_KEYS: given({ version: 3, bytes: randomBytes(32) }) };
    const { code, err } = await keyseal(['master-key', 'rotate'], { env });
    expect([code, err]).toEqual([78, expect.stringContaining('KEYSEAL_MASTER_KEYS lacks a version')]);
  });
});
