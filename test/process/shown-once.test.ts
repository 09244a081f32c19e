import { randomBytes } from 'node:crypto';
import { openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { showSecrets } from '../../server/app/bootstrap.ts';
import { createLogger } from '../../server/app/log.ts';
import { type RunningService, startService } from '../../server/app/service.ts';
import { readConfig } from '../../server/lib/config.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { callPublic } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import type { TestService } from '../harness/service.ts';

/** A directory that not even root can make: a file has its name. */
async function unwritable(): Promise<string> {
  const file = join(await freshFolder(), 'file');
  writeFileSync(file, '');
  return join(file, 'data');
}

const masterKeys = `1:${randomBytes(32).toString('base64')}`;
const production = (DATABASE_URL: string, KEYSEAL_DATA_DIR: string) => ({
  ...{ NODE_ENV: 'production', PORT: '0', KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com' },
  ...{ KEYSEAL_MASTER_KEYS: masterKeys, DATABASE_URL, KEYSEAL_DATA_DIR },
});

function start(env: Record<string, string>): Promise<RunningService> {
  const config = readConfig(env);
  const log = createLogger({ logLevel: 'silent', logFormat: 'json' });
  return startService(config, { show: showSecrets(config.dataDir, false, () => {}), log });
}

requires('postgres').describe('A8: what is shown once is shown before it is committed', () => {
  it('a startup that cannot write the set-up token fails with a message, and the next one shows it', async () => {
    const url = await freshPostgres();
    const failing = start(production(url, await unwritable()));
    await expect(failing).rejects.toThrow(
      /^The secrets of the first start cannot be written to ".*setup-token" \(\w+\)/,
    );
    const behind = postgres(url, { max: 1 });
    expect(await behind`select * from setup_tokens`).toHaveLength(0);
    await behind.end();

    const dir = await freshFolder();
    const running = await start(production(url, dir));
    expect(statSync(join(dir, 'setup-token')).mode & 0o777).toBe(0o600);
    const setupToken = readFileSync(join(dir, 'setup-token'), 'utf8').trim();
    const at = { port: running.port, authority: 'api.example.com' } as TestService;
    const input = { email: 'ada@example.com', password: 'correct horse battery', setupToken };
    expect((await callPublic(at, 'auth.signUp', input)).status).toBe(200);
    await running.stop();
  });

  it('a demo that cannot be written is not created', async () => {
    const url = await freshPostgres();
    const env = { ...production(url, await unwritable()), NODE_ENV: 'development' };
    await expect(start(env)).rejects.toThrow(/^The secrets of the first start cannot be written/);
    const behind = postgres(url, { max: 1 });
    expect(await behind`select * from users`).toHaveLength(0);
    expect(await behind`select * from keys`).toHaveLength(0);
    await behind.end();
  });

  it('keyseal setup-token keeps the earlier token if the new one cannot be written', async () => {
    const url = await freshPostgres();
    const dir = await freshFolder();
    await (await start(production(url, dir))).stop();
    const behind = postgres(url, { max: 1 });
    const before = await behind`select hash from setup_tokens`;
    const failed = await keyseal(['setup-token'], { env: production(url, await unwritable()) });
    expect([failed.code, failed.err]).toEqual([78, expect.stringContaining('cannot be written')]);
    expect(await behind`select hash from setup_tokens`).toEqual(before);
    await behind.end();
  });

  it('keyseal creates no key and no link if the output cannot take its secret', async () => {
    const url = await freshPostgres();
    const env = { ...production(url, await freshFolder()), NODE_ENV: 'development' };
    const running = await start(env);
    await running.stop();
    const behind = postgres(url, { max: 1 });
    const [workspace] = await behind`select id from workspaces`;
    const counts = () =>
      behind`select (select count(*) from keys) as keys, (select count(*) from password_resets) as links`;
    const before = await counts();
    const stdout = openSync('/dev/full', 'w');
    const create = [
      'keys',
      'create',
      '--workspace',
      workspace?.['id'],
      '--name',
      'k',
      '--permissions',
      'exemple:read',
    ];
    for (const command of [create, ['users', 'reset-password', 'demo@example.com']]) {
      const { code, err } = await keyseal(command, { env, stdout });
      expect([code, err]).toEqual([1, expect.stringContaining('(ENOSPC), and nothing was made')]);
    }
    expect(await counts()).toEqual(before);
    await behind.end();
  });
});
