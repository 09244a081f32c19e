import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { startPostgres } from '../harness/embedded-postgres.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

requires('postgres').describe('D14: a password under SCRAM that has several spellings', () => {
  let role: FreshRole;
  let stop = async () => {};

  beforeAll(async () => {
    const { folder, remove } = await runFolder('scram');
    const { server, url } = await startPostgres(folder);
    stop = () => server.stop().finally(remove);
    role = await freshRole(url);
    writeFileSync(join(folder, 'data', 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    await role.admin`select pg_reload_conf()`;
  });
  afterAll(async () => {
    await role?.admin.end({ timeout: 1 });
    await stop();
  });

  const at = (password: string) =>
    Object.assign(new URL(role.url), { password: encodeURIComponent(password) }).href;

  it.each(['ª', 'ﬁ', '½', 'a\u00a0b', 'e\u0301'])('%s', async (text) => {
    const password = `long-${text}-secret`;
    await role.admin.unsafe(`alter role ${role.role} password '${password}'`);
    const refused = openDatabase({ databaseUrl: at(password), dataDir: '' });
    await expect(refused).rejects.toThrow(/refuses the password \(.*28P01\)\..*the form NFKC of Unicode/);
    const opened = await openDatabase({ databaseUrl: at(password.normalize('NFKC')), dataDir: '' });
    await opened.close();
  });
});
