import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, vi } from 'vitest';
import { freshFolder, freshPglite, freshPostgres } from '../harness/fresh.ts';
import { callPublic, createKey, mutate, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

// Services start and stop five times, and PGlite takes its time.
vi.setConfig({ testTimeout: 120_000 });

interface Place {
  readonly env: () => Promise<Record<string, string>>;
  /** Copies the database of a service that is stopped, and says where a service finds the copy. */
  readonly copy: (env: Record<string, string>) => Promise<Record<string, string>>;
}

/** A backup while no client is connected: Postgres copies the files of the whole database. */
async function copyPostgres(env: Record<string, string>): Promise<Record<string, string>> {
  const url = new URL(String(env['DATABASE_URL']));
  const source = url.pathname.slice(1);
  const copy = `${source}_${randomBytes(4).toString('hex')}`;
  url.pathname = '/postgres';
  const client = postgres(url.href, { max: 1, onnotice: () => {} });
  await client`create database ${client(copy)} template ${client(source)}`;
  await client.end();
  url.pathname = `/${copy}`;
  return { DATABASE_URL: url.href };
}

async function copyPglite(env: Record<string, string>): Promise<Record<string, string>> {
  const dir = await freshFolder();
  const from = String(env['KEYSEAL_DATA_DIR']);
  for (const part of ['pglite', 'master.key'])
    await cp(join(from, part), join(dir, part), { recursive: true });
  return { KEYSEAL_DATA_DIR: dir };
}

const PLACES: readonly [string, ReturnType<typeof requires>['test'], Place][] = [
  [
    'Postgres',
    requires('postgres').test,
    {
      env: async () => ({ DATABASE_URL: await freshPostgres(), KEYSEAL_DATA_DIR: await freshFolder() }),
      copy: copyPostgres,
    },
  ],
  [
    'PGlite',
    requires().test,
    { env: async () => ({ KEYSEAL_DATA_DIR: await freshPglite() }), copy: copyPglite },
  ],
];

for (const [name, test, place] of PLACES) {
  test(`a restored backup of ${name} has its keys and revocations, and nothing later`, async () => {
    const first = await startTestService({ env: await place.env() });
    const ada = await signUp(first);
    const [kept, revoked, later] = [
      await createKey(first, ada),
      await createKey(first, ada),
      await createKey(first, ada),
    ];
    await mutate(first, ada, 'keys.revoke', { id: revoked.id });
    const before = sign(kept, '/api/exemple', { authority: first.authority });
    expect((await send(first.port, before)).status).toBe(200);
    await first.stop();
    const backup = await place.copy(first.env);

    // Life continues after the backup: a key is revoked, a call is accepted, a key is made.
    const second = await sibling(first);
    await mutate(second, ada, 'keys.revoke', { id: later.id });
    const after = sign(kept, '/api/exemple', { authority: first.authority });
    expect((await send(second.port, after)).status).toBe(200);
    const lost = await createKey(second, ada);
    await second.stop();

    const restored = await sibling(first, backup);
    expect((await query(restored, kept, 'exemple')).status).toBe(200);
    expect((await query(restored, revoked, 'exemple')).reason).toBe('KEY_REVOKED');
    const signedIn = await callPublic(restored, 'auth.signIn', { email: ada.email, password: ada.password });
    expect(signedIn.status).toBe(200);
    // A call that was accepted before the backup is not accepted again.
    expect((await send(restored.port, before)).reason).toMatch(/^SIGNATURE_(REPLAYED|EXPIRED)$/);
    // What came after it is not known: what was revoked is valid again, and a call that was accepted is accepted once more …
    expect((await query(restored, later, 'exemple')).status).toBe(200);
    expect((await query(restored, lost, 'exemple')).reason).toBe('KEY_INVALID');
    expect((await send(restored.port, after)).status).toBe(200);
    expect((await send(restored.port, after)).reason).toBe('SIGNATURE_REPLAYED');
    // … within the 300 seconds for which a signature is valid: after them it is too old on any database.
    const t = Math.floor(Date.now() / 1000) - 301;
    const old = sign(kept, '/api/exemple', { authority: first.authority, t });
    expect((await send(restored.port, old)).reason).toBe('SIGNATURE_EXPIRED');
    await restored.stop();
  });
}

requires('postgres').test(
  'a backup without its master keys cannot be used, and the start reports it',
  async () => {
    const env = { DATABASE_URL: await freshPostgres(), KEYSEAL_DATA_DIR: await freshFolder() };
    const first = await startTestService({ env });
    await first.stop();
    const backup = await copyPostgres(first.env);
    const elsewhere = sibling(first, { ...backup, KEYSEAL_DATA_DIR: await freshFolder() });
    await expect(elsewhere).rejects.toThrow(/KEYSEAL_MASTER_KEYS does not open what the database holds/);
  },
);
