import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient } from '../../client/index.ts';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { freePort, type ServiceProcess, startProcess } from '../harness/process.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const tsx = ['--import', 'tsx'];

let project: string;
let service: ServiceProcess;
let me: KeysealClient;
beforeAll(async () => {
  project = await freshFolder();
  cpSync(join(root, 'package.json'), join(project, 'package.json'));
  for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(project, name));
  const dir = await freshPglite();
  service = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_PERMISSIONS: 'orders:read,orders:write' });
  await service.serving;
  const [, password = ''] = /password +(\S+)/.exec(readFileSync(join(dir, 'demo.txt'), 'utf8')) ?? [];
  const { url } = service;
  const demo = { email: 'demo@example.com', password };
  const answer = await createKeysealClient({ url }).auth.signIn.mutate(demo);
  if ('next' in answer) throw new Error('a second factor');
  const { session } = answer;
  me = createKeysealClient({ url, session });
}, 60_000);
afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.exited;
});

type NewKey = Parameters<typeof me.keys.create.mutate>[0];

/** The environment in which a program of the page has a key of its own. */
async function withKey(input: Pick<NewKey, 'permissions' | 'authorities'>, more: Record<string, string>) {
  const made = await me.keys.create.mutate({ name: 'A program', environment: 'live', ...input });
  const { secret, signingSecret } = made;
  return {
    ...process.env,
    KEYSEAL_URL: service.url,
    KEYSEAL_API_KEY: secret ?? '',
    KEYSEAL_SIGNING_SECRET: signingSecret ?? '',
    ...more,
  };
}

it.each(['en', 'fr'])('the service of the page in %s accepts a request once', async (language) => {
  const page = readFileSync(join(root, `docs/${language}/verify-a-request.md`), 'utf8');
  for (const [, path = '', source = ''] of page.matchAll(/<!-- file: (\S+) -->\n```ts\n([\s\S]*?)```/g)) {
    writeFileSync(join(project, path), source);
  }
  const port = String(await freePort());
  const asking = { permissions: ['requests:verify'], authorities: [`localhost:${port}`] };
  const env = await withKey(asking, { PORT: port });
  const shop = spawn(process.execPath, [...tsx, 'shop.ts'], { cwd: project, env });
  try {
    await once(shop.stdout, 'data');
    const buyer = await withKey({ permissions: ['orders:*'] }, { SHOP_URL: `http://localhost:${port}` });
    const { stdout } = await run(process.execPath, [...tsx, 'buy.ts'], { cwd: project, env: buyer });
    expect(page).toContain(`\`\`\`\n${stdout}\`\`\``);
  } finally {
    shop.kill();
  }
});

it('the types of the page’s code refuse mistakes', async () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const strict = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  const files = ['--types', 'node', '--skipLibCheck', 'shop.ts', 'buy.ts'];
  const { stdout } = await run(process.execPath, [tsc, ...strict, ...files], { cwd: project });
  expect(stdout).toBe('');
});
