import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';
import { startTestService } from '../harness/service.ts';

/** What startup logs about connections. */
async function warningsOfStart({ url }: FreshRole): Promise<object[]> {
  const service = await startTestService({ env: { DATABASE_URL: url } });
  await service.stop();
  return service.log.filter((line) => line.includes('fewer connections')).map((line) => JSON.parse(line));
}

async function findingsOfDoctor({ url }: FreshRole): Promise<{ name: string }[]> {
  const env = {
    NODE_ENV: 'production',
    KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
    DATABASE_URL: url,
    KEYSEAL_DATA_DIR: await freshFolder(),
    KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
  };
  const { json } = await keyseal(['doctor', '--json'], { env });
  return json.findings.filter(({ name }: { name: string }) => name === 'connections');
}

requires('postgres').describe(
  'D4: a start and doctor name a limit below the connections of an instance',
  () => {
    it.each<[string, (role: FreshRole) => string]>([
      ['the connection limit of the role', ({ role }) => `alter role ${role} connection limit 8`],
      [
        'the connection limit of the database',
        ({ database }) => `alter database ${database} connection limit 8`,
      ],
    ])('%s', async (limitedBy, sql) => {
      const role = await freshRole();
      await role.admin.unsafe(sql(role));
      expect(await warningsOfStart(role)).toMatchObject([
        { level: 40, connections: 8, needed: 11, limitedBy },
      ]);
      expect(await findingsOfDoctor(role)).toMatchObject([
        { state: 'unknown', found: expect.stringContaining(limitedBy), details: { connections: 8 } },
      ]);
    });

    it('and a migration that has two is carried out, unwatched', async () => {
      const role = await freshRole();
      await role.admin.unsafe(`alter role ${role.role} connection limit 2`);
      const database = await openDatabase({ databaseUrl: role.url, dataDir: '' }, 'migrate');
      expect(database.migrated.length).toBeGreaterThan(0);
      await database.close();
    });

    it('and nothing where the limit suffices', async () => {
      const role = await freshRole();
      await role.admin.unsafe(`alter role ${role.role} connection limit 14`);
      expect(await warningsOfStart(role)).toEqual([]);
      expect(await findingsOfDoctor(role)).toEqual([]);
    });
  },
);
