import { type ApiKeyConfigurationOptions, apiKey } from '@better-auth/api-key';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Pool } from 'pg';
import { offerRounds } from '../load/rounds.ts';
import { memoryStorage } from './memory-storage.ts';

/**
 * Set up as in its documentation: `Pool` of pg, its own migrations. It has a limit that no call reaches, as Keyseal
 * has.
 */
const rateLimit = { enabled: true, timeWindow: 60_000, maxRequests: 1_000_000_000 };

const SETTINGS: Record<string, ApiKeyConfigurationOptions> = {
  'rate limit on': { rateLimit },
  'rate limit off': { rateLimit: { enabled: false } },
  'keys in memory': {
    rateLimit,
    storage: 'secondary-storage',
    customStorage: memoryStorage(),
    deferUpdates: true,
  },
};

const pool = new Pool({ connectionString: process.env['BENCH_DATABASE_URL'] });
const options = {
  database: pool,
  secret: 'a secret of the benchmark, thrown away with its database',
  baseURL: 'https://auth.example.com',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey(SETTINGS[String(process.env['BENCH_SETTING'])])],
} satisfies BetterAuthOptions;
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);

const keys = await makeKeys(Number(process.env['BENCH_CALLERS']));
await pool.query('vacuum (analyze)');

offerRounds({
  verify: async () => async (i) => {
    const key = keys[i % keys.length] as string;
    const { valid } = await auth.api.verifyApiKey({ body: { key, permissions: { orders: ['write'] } } });
    return valid;
  },
});

async function makeKeys(count: number): Promise<string[]> {
  const account = { name: 'Benchmark', email: 'bench@example.com', password: 'a long password' };
  const { user } = await auth.api.signUpEmail({ body: account });
  const made: string[] = [];
  while (made.length < count) {
    const { key } = await auth.api.createApiKey({
      body: { userId: user.id, permissions: { orders: ['read', 'write'] } },
    });
    made.push(key);
  }
  return made;
}
