import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { freePort } from '../harness/process.ts';

// Packages are installed as npm does it: that is most of a minute.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const root = join(import.meta.dirname, '..', '..');
const pageOf = (language: string) =>
  readFileSync(join(root, `docs/${language}/your-own-procedures.md`), 'utf8');
const page = pageOf('en');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** A folder that began empty, and has what npm made of tarballs and the page's files. */
let project: string;
let port: number;
let generated: { readonly name: string; readonly version: string; readonly file: string };

interface Ran {
  readonly code: number;
  readonly out: string;
}

const run = (command: string, args: string[], more: Record<string, string> = {}): Promise<Ran> => {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...more };
  return promisify(execFile)(command, args, { cwd: project, env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout, stderr }) => ({ code, out: `${stdout}${stderr}` }),
  );
};
const node = (args: string[], more = {}) => run(process.execPath, args, more);

async function done(ran: Promise<Ran>): Promise<string> {
  const { code, out } = await ran;
  if (code !== 0) throw new Error(out);
  return out;
}

/** npm from what `npm ci` has fetched, where it is there still. */
const install = (...packages: string[]) =>
  done(run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages]));

/** Packs what is published, under a version. */
async function packService(as: string): Promise<string> {
  const folder = await freshFolder();
  for (const path of ['dist', 'drizzle/migrations', 'client', 'README.md', 'LICENSE']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: as }));
  await done(run('npm', ['pack', folder, '--pack-destination', project, '--ignore-scripts']));
  return join(project, `keyseal-${as}.tgz`);
}

beforeAll(async () => {
  project = await freshFolder();
  port = await freePort();
  for (const [, path = '', source = ''] of page.matchAll(
    /<!-- file: (\S+) -->\n```(?:ts|json)\n([\s\S]*?)```/g,
  )) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), source);
  }
  const keyseal = await packService(version);
  await done(run('npm', ['init', '--yes']));
  await done(run('npm', ['pkg', 'set', 'type=module']));
  const versionOf = (name: string) =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  await install(keyseal, `zod@${versionOf('zod')}`);
  await install('--save-dev', ...['typescript', '@types/node'].map((name) => `${name}@${versionOf(name)}`));
  await done(node(['node_modules/typescript/bin/tsc']));
  const generate = ['node_modules/keyseal/dist/cli/main.js', ...words('generate-client'), '--json'];
  generated = JSON.parse(await done(node(generate)));
  await install(
    generated.file,
    ...['@trpc/client', '@trpc/server'].map((name) => `${name}@${versionOf(name)}`),
  );
  await done(node([...compile, '--outDir', 'dist', 'call.ts']));
  // The first start makes the demo account and its key.
  await (await serve()).stop();
});

/** The service of the page, as the page starts it. */
async function serve() {
  const env = { PORT: String(port), KEYSEAL_DATA_DIR: join(project, 'data') };
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: project,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let said = '';
  const exited = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (said.includes('keyseal is serving')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void exited.then(() => reject(new Error(said)));
  });
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
const running: { kill(signal: 'SIGKILL'): unknown }[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The key that the first start has shown. */
function demoKey(): Record<string, string> {
  const shown = readFileSync(join(project, 'data', 'demo.txt'), 'utf8');
  const [, KEYSEAL_API_KEY = ''] = /API key +(\S+)/.exec(shown) ?? [];
  const [, KEYSEAL_SIGNING_SECRET = ''] = /signing secret +(\S+)/.exec(shown) ?? [];
  return { KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET, KEYSEAL_URL: `http://localhost:${port}` };
}

const said = /```\n(8\nCONFLICT\n)```/.exec(page)?.[1];

describe('a custom service, from only the tarballs', () => {
  it('is called through its own client, typed and signed, and again after an upgrade', async () => {
    expect(generated).toMatchObject({ name: '@acme/client', version: '1.0.0' });
    const before = await serve();
    expect((await node(['dist/call.js'], demoKey())).out).toBe(said);
    const document = await fetch(`http://localhost:${port}/openapi.json`);
    expect(Object.keys((await document.json()).paths)).toEqual(
      expect.arrayContaining(['/api/notes.add', '/api/keys.create']),
    );
    await before.stop();

    const [major, minor, patch] = version.split('.').map(Number);
    const next = `${major}.${minor}.${patch + 1}`;
    await install(await packService(next));
    await done(node(['node_modules/typescript/bin/tsc']));
    const after = await serve();
    const health = await fetch(`http://localhost:${port}/api/health`);
    expect(await health.json()).toMatchObject({ result: { data: { version: next } } });
    expect((await node(['dist/call.js'], demoKey())).out).toBe(said);
    await after.stop();
  });

  it('has its procedures and permissions in its command line', async () => {
    const env = { KEYSEAL_DATA_DIR: join(project, 'data') };
    const users = JSON.parse(await done(node(['dist/main.js', 'users', 'list', '--json'], env)));
    const workspace = users.items[0].workspaces[0].id;
    const create = ['dist/main.js', 'keys', 'create', '--workspace', workspace, '--name', 'n', '--json'];
    const made = await node([...create, '--permissions', 'notes:write'], env);
    expect(made).toMatchObject({ code: 0 });
    const wrong = await node([...create, '--permissions', 'notes:raed'], env);
    expect(wrong.out).toContain('permissions.0 is not a permission of this service');
    const unknown = await node(['dist/main.js', 'call', 'notes.ad'], { ...env, ...demoKey() });
    expect(unknown.out).toContain('Did you mean notes.add?');
  });

  it('does not compile with a misspelt permission, an open guard or a wrong input', async () => {
    const lines = [
      `procedure({ access: 'key', permission: 'notes:wirte' });`,
      `procedure({ access: 'public' });`,
      `procedure();`,
      `procedure({ access: 'any', cost: -5 });`,
      `procedure({ access: 'any', coste: 5 });`,
      `await client.notes.add.mutate({ txt: 'x' });`,
      `await client.exemple.query({ nom: 'x' });`,
    ];
    const head = `import { createProcedure } from 'keyseal';
import { createKeysealClient } from '@acme/client';
const procedure = createProcedure(['notes:write']);
const client = createKeysealClient({ url: '' });
procedure({ access: 'key', permission: 'echo:write' });
`;
    writeFileSync(join(project, 'wrong.ts'), head + lines.join('\n'));
    const { out } = await node([...compile, '--noEmit', '--skipLibCheck', 'wrong.ts']);
    const found = new Set([...out.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line)));
    expect([...found].sort((a, b) => a - b)).toEqual(lines.map((_, i) => head.split('\n').length + i));
  });

  it('fails to start if a name is taken, a guard is open or a permission has no name', async () => {
    const cases = {
      'Keyseal itself has keys': `{ routes: { keys: {} } }`,
      'notes.open is open': `{ routes: { notes: { open: await open() } } }`,
      'requires the permission other:read': `{ routes: { x: createProcedure(['other:read'])({ access: 'key', permission: 'other:read' }).query(() => 1) } }`,
      'notes has a guard whose cost is -5': `{ routes: { notes: createProcedure([])({ access: 'any', cost: -5 }).query(() => 1) } }`,
      'is not of the form area:verb': `{ routes: {}, permissions: ['notes:*'] }`,
    };
    for (const [sentence, options] of Object.entries(cases)) {
      const source = `import { createProcedure, createService } from 'keyseal';
const open = () => createProcedure([])({ access: 'public' }).query(() => 1);
try { createService(${options}); } catch (error) { console.log(error.message); }`;
      writeFileSync(join(project, 'refused.mjs'), source);
      expect((await node(['refused.mjs'])).out, sentence).toContain(sentence);
    }
  });

  it('refuses to pack a client whose types mention a library, and names the library', async () => {
    writeFileSync(
      join(project, 'leaky.ts'),
      `import { z } from 'zod';
import { createProcedure } from 'keyseal';
export const Note = z.object({ text: z.string() });
export const routes = { leak: createProcedure([])({ access: 'any' }).query(() => 1) };
`,
    );
    writeFileSync(
      join(project, 'tsconfig.leaky.json'),
      JSON.stringify({ extends: './tsconfig.json', include: ['leaky.ts'] }),
    );
    const cli = 'node_modules/keyseal/dist/cli/main.js';
    const { code, out } = await node([
      ...[cli, 'generate-client', '--routes', 'leaky.ts', '--project', 'tsconfig.leaky.json'],
    ]);
    expect(code).toBe(1);
    expect(out).toContain('custom/leaky.d.ts mention zod');
  });

  it('is built by the same code in both languages of the docs', () => {
    const code = (text: string) => [...text.matchAll(/```[\s\S]*?```/g)].map(([block]) => block);
    expect(code(pageOf('fr'))).toEqual(code(page));
  });
});

/** The arguments with which the page gives a command of ours. */
function words(command: string): string[] {
  return (new RegExp(`npx keyseal (${command}.*)`).exec(page)?.[1] ?? '').split(' ');
}

/** The libraries are checked too. */
const compile = [
  ...['node_modules/typescript/bin/tsc', '--ignoreConfig', '--strict'],
  ...['--module', 'nodenext', '--target', 'es2023', '--types', 'node'],
];
