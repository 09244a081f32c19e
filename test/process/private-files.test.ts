import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { startTestService } from '../harness/service.ts';

/** Files and directories that others than their owner may use. */
function open(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (statSync(join(dir, name)).mode & 0o077) !== 0,
  );
}

const at = (dataDir: string) => openDatabase({ databaseUrl: null, dataDir });

describe('S12: the files of PGlite', () => {
  it('are private, in a new directory and in an older one', async () => {
    for (const dir of [join(await freshFolder(), 'new'), await freshPglite()]) {
      const database = await at(dir);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
      expect(statSync(join(dir, 'pglite')).mode & 0o777).toBe(0o700);
      expect(open(join(dir, 'pglite'))).toEqual([]);
      await database.query(sql`create table made_meanwhile as select 1 as one`);
      await database.close();
      expect(open(join(dir, 'pglite'))).toEqual([]);
    }
    // A new PGlite takes long to make on a busy machine.
  }, 120_000);

  it('become private if others can read the directory, which is reported once', async () => {
    const dir = await freshPglite();
    chmodSync(dir, 0o755);
    const open = async () => {
      const warned: object[] = [];
      const warn = (details: object, sentence: string) => void warned.push([details, sentence]);
      const database = await openDatabase({ databaseUrl: null, dataDir: dir }, 'migrate', undefined, warn);
      await database.close();
      return warned;
    };
    expect(await open()).toEqual([
      [{ path: dir, from: '0755', to: '0700' }, 'others could read the data directory: its mode was changed'],
    ]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(await open()).toEqual([]);
  });

  it('become private with a log line of the service', async () => {
    const dir = await freshPglite();
    chmodSync(dir, 0o750);
    const service = await startTestService({ env: { KEYSEAL_DATA_DIR: dir } });
    await service.stop();
    const lines = service.log.map((line) => JSON.parse(line)).filter(({ path }) => path === dir);
    expect(lines).toMatchObject([{ level: 40, path: dir, from: '0750', to: '0700' }]);
  });

  it.each([0o777, 0o775, 0o722, 0o1777])(
    'a directory of the mode %o, in which others can write, is refused',
    async (mode) => {
      const dir = join(await freshFolder(), 'open');
      mkdirSync(dir);
      writeFileSync(join(dir, 'planted'), '');
      chmodSync(dir, mode);
      await expect(at(dir)).rejects.toThrow(/others can write to it/);
      expect(readdirSync(dir)).toEqual(['planted']);
    },
  );
});
