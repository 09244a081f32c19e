import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { atEndOfFile } from '../harness/end-of-file.ts';
import { freshFolder } from '../harness/fresh.ts';
import { freePort } from '../harness/process.ts';

const root = join(import.meta.dirname, '..', '..');

/** What file names may have, and a shell, a URL or a pattern reads as something else. */
const ODD = join('two words', 'é日', `%25#?'$&[*`);

/** What the package has, below a folder of an odd name; started in `/`, without a home. */
let installed: string;
let temporary: string;
beforeAll(async () => {
  const folder = join(await freshFolder(), ODD);
  for (const name of ['dist', 'drizzle', 'client', 'package.json', 'LICENSE'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  installed = folder;
  temporary = join(await freshFolder(), ODD);
  await mkdir(temporary, { recursive: true });
});

/** Without HOME, and with one that is not there. */
const homes = [{}, { HOME: '/dev/null' }];

function run(args: readonly string[], env: Record<string, string> = {}) {
  const { PATH = '' } = process.env;
  return spawnSync(process.execPath, [join(installed, 'dist', 'cli', 'main.js'), ...args], {
    cwd: '/',
    env: { PATH, TMPDIR: temporary, ...env },
    encoding: 'utf8',
  });
}

describe('in folders whose names have spaces, other letters and signs, and from /,', () => {
  it('the service starts, twice, and serves its pages', async () => {
    const { PATH = '' } = process.env;
    const env = { PATH, KEYSEAL_DATA_DIR: join(await freshFolder(), ODD), LOG_FORMAT: 'json' };
    for (const nth of [1, 2]) {
      const port = await freePort();
      const args = [join(installed, 'dist', 'server', 'main.js')];
      const child = spawn(process.execPath, args, { cwd: '/', env: { ...env, PORT: String(port) } });
      atEndOfFile(() => child.kill('SIGKILL'));
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          said += chunk;
        });
      const ended = new Promise((resolve) => child.once('close', resolve));
      await vi.waitFor(() => expect(said).toContain('keyseal is serving'), 60_000);
      for (const path of ['/readyz', '/', '/docs', '/openapi.json', '/docs/api']) {
        const { status } = await fetch(`http://localhost:${port}${path}`);
        expect([nth, path, status]).toEqual([nth, path, 200]);
      }
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
    const { status, stderr } = run(['users', 'list'], env);
    expect([status, stderr]).toEqual([0, '']);
  });

  it.each(homes)('commands write what they are asked to, with the home %j', async (home) => {
    const out = join(await freshFolder(), ODD, 'made');
    const client = run(['generate-client', '--out', out, '--json'], home);
    expect([client.status, client.stderr]).toEqual([0, '']);
    expect(existsSync(JSON.parse(client.stdout).file)).toBe(true);
    const document = run(['openapi', '--out', join(out, 'open api.json')], home);
    expect([document.status, document.stderr]).toEqual([0, '']);
    const key = run(['keygen', '--out', join(out, 'é.pem'), '--issuer', 'https://api.example.com'], home);
    expect([key.status, key.stderr]).toEqual([0, '']);
    expect(readFileSync(join(out, 'é.pem'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });
});

describe('a file that a command cannot use is named in a sentence', () => {
  it.each<[string, (taken: string) => string[], Record<string, string>, RegExp]>([
    [
      '--out below a file',
      (taken) => ['openapi', '--out', join(taken, 'a.json')],
      {},
      /".*" cannot be used: /,
    ],
    ['--out is a folder', (taken) => ['openapi', '--out', join(taken, '..')], {}, /EISDIR/],
    ['a folder below a file', (taken) => ['generate-client', '--out', join(taken, 'a')], {}, /ENOTDIR/],
    ['no temporary folder', () => ['generate-client'], { TMPDIR: '/dev/null' }, /ENOTDIR/],
    ['no npm', () => ['generate-client'], { PATH: '/nowhere' }, /npm cannot be run \(ENOENT\)\. Install it/],
  ])('%s', async (_, args, env, sentence) => {
    const taken = join(await freshFolder(), 'taken');
    await writeFile(taken, '');
    const { code, err } = await keyseal(args(taken), { env });
    expect([code, err]).toEqual([1, expect.stringMatching(sentence)]);
    expect(err).toMatch(/^keyseal: [^\n]+\n$/);
  });
});
