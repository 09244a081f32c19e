import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fr as existing } from '../../shared/procedure-docs/fr.ts';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/contributors/add-your-own-procedure.md'), 'utf8');

let project: string;
let dir: string;
let service: ServiceProcess;

/** The steps of the page, done to a copy of the project. */
beforeAll(async () => {
  project = await freshFolder();
  const copied = [
    'server',
    'cli',
    'sdk',
    'shared',
    'client',
    'drizzle',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  for (const path of copied) cpSync(join(root, path), join(project, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  for (const [, path = '', source = ''] of page.matchAll(/<!-- file: (\S+) -->\n```ts\n([\s\S]*?)```/g)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), source);
  }
  const added = page.matchAll(/<!-- add to (\S+) before: (.*) -->\n```ts\n([\s\S]*?)```/g);
  for (const [, path = '', before = '', lines = ''] of added) {
    const source = readFileSync(join(project, path), 'utf8');
    expect(source.split(before)).toHaveLength(2);
    writeFileSync(join(project, path), source.replace(before, `${lines}${before}`));
  }
  expect(await tsc('-p', 'tsconfig.build.json')).toBe('');
  dir = await freshPglite();
  service = await startProcess({ KEYSEAL_DATA_DIR: dir }, project);
  await service.serving;
}, 90_000);
afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.exited;
});

const tsc = (...args: string[]) =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: project }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );

it('the page’s steps give a procedure that is called, typed and signed', async () => {
  const shown = readFileSync(join(dir, 'demo.txt'), 'utf8');
  const [, apiKey = ''] = /API key +(\S+)/.exec(shown) ?? [];
  const [, signingSecret = ''] = /signing secret +(\S+)/.exec(shown) ?? [];
  const env = {
    ...process.env,
    KEYSEAL_URL: service.url,
    KEYSEAL_API_KEY: apiKey,
    KEYSEAL_SIGNING_SECRET: signingSecret,
  };
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'notes.ts'], { cwd: project, env });
  expect(page).toContain(`\`\`\`\n${stdout}\`\`\``);
});

it('the page’s steps keep every other procedure', async () => {
  const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: object };
  const served = Object.keys(paths).map((path) => path.replace('/api/', ''));
  expect(served.sort()).toEqual([...Object.keys(existing), 'notes.add'].sort());
});

it('the types of the page’s procedure refuse misspelt names', async () => {
  const strict = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
    '--skipLibCheck',
  ];
  expect(await tsc('--ignoreConfig', ...strict, 'notes.ts')).toBe('');
  const source = readFileSync(join(project, 'notes.ts'), 'utf8');
  writeFileSync(join(project, 'wrong.ts'), source.replace("text: 'Buy", "txt: 'Buy"));
  expect(await tsc('--ignoreConfig', ...strict, 'wrong.ts')).toContain("'txt' does not exist");
});
