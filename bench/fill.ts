import postgres from 'postgres';
import { keys } from '../drizzle/schema.ts';
import { insertAccount } from '../server/auth/accounts.ts';
import { openDatabase } from '../server/stores/open-database.ts';
import { Vault } from '../server/stores/vault.ts';
import { ASKING, benchKey } from './keyring.ts';
import { AUTHORITY, LIMIT, settingOn } from './setting.ts';

/** Rows of one statement. */
const AT_ONCE = 1_000;

/**
 * Migrates a database and puts keys into it: those of the keyring, which can be used, and copies of one of them under
 * other ids, which are only there.
 * @param usable how many can be used, beside the one that asks
 */
export async function fill(databaseUrl: string, { usable, total }: { usable: number; total: number }) {
  await putUsable(databaseUrl, usable + 1);
  // Without Keyseal's own limit on how long a statement may take.
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    // What is copied refers to what is there: the look-ups that would find that out take longer than the copying.
    await sql`set session_replication_role = replica`;
    await sql`
      insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
        signing_sealed, signing_version, limits, authorities, created_at)
      select substr(md5(i::text), 1, 5) || lpad(to_hex(i), 7, '0'), workspace_id, owner_id, name, environment,
        permissions, secret_hash, pepper_version, signing_sealed, signing_version, limits, authorities,
        created_at - i * interval '1 second'
      from keys, generate_series(1, ${total - usable - 1}::int) as i where id = ${benchKey(ASKING + 1).id}`;
    await sql`vacuum (analyze)`;
    await sql`checkpoint`;
  } finally {
    await sql.end();
  }
}

async function putUsable(databaseUrl: string, count: number): Promise<void> {
  const config = settingOn(databaseUrl);
  const vault = new Vault(config.masterKeys ?? []);
  const { db, close } = await openDatabase(config);
  try {
    const account = {
      email: 'bench@example.com',
      name: 'Benchmark',
      passwordHash: '',
      createdAt: new Date(),
    };
    const { user, workspaceId } = await insertAccount(db, account);
    for (let first = 0; first < count; first += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
      const common = { workspaceId, ownerId: user.id, name: 'Benchmark' };
      await db.insert(keys).values(some.map((n) => ({ ...common, ...rowOf(n, vault) })));
    }
  } finally {
    await close();
  }
}

function rowOf(n: number, vault: Vault) {
  const { id, secret, signingSecret } = benchKey(n);
  const sealed = vault.seal(signingSecret, { table: 'keys', column: 'signing', row: id });
  return {
    id,
    environment: 'live' as const,
    permissions: n === ASKING ? ['requests:verify'] : ['orders:*'],
    authorities: n === ASKING ? [AUTHORITY] : [],
    limits: [LIMIT],
    secretHash: vault.hash('pepper', secret),
    pepperVersion: vault.newest,
    signingSealed: sealed.text,
    signingVersion: sealed.version,
  };
}
