import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { lend, packClient, unpack } from '../harness/packed.ts';

const run = promisify(execFile);
const bin = (path: string) => join(import.meta.dirname, '..', '..', 'node_modules', path);

const GOOD = `
import { createKeysealClient, KeysealRefusal, type Reason } from '@keyseal/client';
import { admitted, createGuard } from '@keyseal/client/guard';
import { createExpressGuard } from '@keyseal/client/guard/express';
import { createFastifyGuard } from '@keyseal/client/guard/fastify';
import { createFetchGuard } from '@keyseal/client/guard/fetch';
import { createHonoGuard } from '@keyseal/client/guard/hono';
import { createKoaGuard } from '@keyseal/client/guard/koa';
import { createNodeGuard } from '@keyseal/client/guard/node';
import { permitted } from '@keyseal/client/guard/trpc';
import { createBrowserSession } from '@keyseal/client/session';
import { signRequest } from '@keyseal/client/sign';

const client = createKeysealClient({ url: 'http://localhost:3000', apiKey: 'ks_…', signingSecret: 'kss_…' });
const { message, caller } = await client.exemple.query({ name: 'Ada' });
export const greeting: string = message;
export const user: string | null = caller.userId;
export const { key, secret }: { key: { status: 'active' | 'disabled' | 'expired' | 'revoked' }; secret: string | null } =
  await client.keys.create.mutate({ name: 'n', environment: 'live', permissions: ['exemple:*'] });
export const signed: Request = await signRequest(new Request('http://localhost'), { apiKey: '', signingSecret: '' });

const session = createBrowserSession({ url: 'http://localhost:3000', cookie: true });
export const { email }: { email: string } = await session.signIn({ email: '', password: '' });
export const stop: () => void = session.subscribe(() => session.id satisfies string | null | undefined);
createKeysealClient({ url: 'http://localhost:3000', session });

const guard = createGuard({ url: '', apiKey: '', signingSecret: '', authority: 'shop.example.com' });
export const guarded: (request: Request) => Promise<Response> = guard.fetch(
  { permission: 'orders:write', cost: 2 },
  (_, { caller }) => Response.json(caller.key?.externalId),
);
const options = { url: '', apiKey: '', signingSecret: '', authority: 'shop.example.com', basePath: '/shop' };
export const also: (request: Request) => Promise<Response> = createFetchGuard(options)({}, () => new Response());
export const others = [createExpressGuard, createFastifyGuard, createHonoGuard, createKoaGuard].map((create) =>
  create(options)({ permission: 'orders:write' }),
);
export const node = createNodeGuard(options)({}, (request, response) => response.end(request.url));
export const procedure = permitted('orders:write');
export const who = (request: object): string => admitted(request).caller.workspaceId;

export function retry(error: unknown): boolean {
  if (!(error instanceof KeysealRefusal)) return true;
  const reason: Reason = error.reason;
  switch (reason) {
    case 'UNAVAILABLE':
    case 'RATE_LIMITED':
      return (error.details.retryAfter ?? 0) < 10;
    default:
      return false;
  }
}
`;

/** Each line is wrong in its own way. */
const WRONG = [
  `await client.exemple.query({ nom: 'Ada' });`,
  `await client.exemple.mutate();`,
  `(await client.exemple.query()).message.toFixed();`,
  `await client.keys.create.mutate({ name: 'n', environment: 'prod', permissions: [] });`,
  `const reason: Reason = 'NO_SUCH_REASON';`,
  `createKeysealClient({ url: 'http://localhost', apiKey: 'without its signing secret' });`,
  `await client.nothing.query();`,
  `await session.signUp({ email: '' });`,
  `createKeysealClient({ url: '', session: {} });`,
  `guard.node({ permisson: 'orders:write' }, () => {});`,
  `(reason: Reason): never => { switch (reason) { case 'UNAVAILABLE': throw reason; default: return reason; } };`,
];

let folder: string;
let tarball: string;

/** A project that has the packed client and nothing of its sources, and checks libraries too. */
beforeAll(async () => {
  folder = await freshFolder();
  tarball = await packClient();
  await unpack(tarball, folder, '@keyseal/client');
  await lend(folder, ['@trpc', 'eventsource', 'eventsource-parser', '@types/node', 'undici-types']);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});

/** The two compilers, each with both ways to find a module. */
const COMPILERS = ['typescript', 'typescript-6'].flatMap((compiler) =>
  [
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ].map((modules) => ({ compiler, ...modules })),
);

describe.each(COMPILERS)('with $compiler and $moduleResolution', ({ compiler, ...modules }) => {
  const compile = async (source: string): Promise<string> => {
    const compilerOptions = {
      ...{ ...modules, target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] },
      ...{ strict: true, skipLibCheck: false, noEmit: true },
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    await writeFile(join(folder, 'consumer.ts'), source);
    return run(process.execPath, [bin(`${compiler}/bin/tsc`), '-p', folder]).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  };

  it('a consumer compiles with every library checked, without zod or drizzle at hand', async () => {
    expect(await compile(GOOD)).toBe('');
  });

  it('gets an error for each mistake', async () => {
    const errors = await compile(GOOD + WRONG.map((line) => `{ ${line} }`).join('\n'));
    const first = GOOD.split('\n').length;
    const lines = new Set([...errors.matchAll(/consumer\.ts\((\d+),/g)].map(([, line]) => Number(line)));
    expect([...lines].sort((a, b) => a - b)).toEqual(WRONG.map((_, index) => first + index));
  });
});

describe('the package', () => {
  it('holds no code of the server, and mentions none of its libraries', async () => {
    const { stdout: list } = await run('tar', ['tzf', tarball]);
    const files = list.trim().split('\n');
    expect(files.filter((path) => path.startsWith('package/server/'))).toEqual([
      'package/server/app/routes.d.ts',
    ]);
    expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    const { stdout: texts } = await run('tar', ['xzOf', tarball]);
    // Examples in docstrings import what a service imports.
    const code = texts.replaceAll(/^ *\* .*$/gm, '');
    expect(code).not.toMatch(/from ['"](zod|drizzle-orm|jose|node:)|import\(['"](zod|drizzle-orm)/);
  });

  it.each([
    ['the client and signing, without tRPC', 'client/index.js', 7_500],
    ['the same with the session of a browser', 'client/browser-session.js', 8_500],
    ['signing alone', 'client/sign-request.js', 2_000],
  ])('%s is small in a browser', async (_, entry, bytes) => {
    const input = join(folder, 'node_modules/@keyseal/client', entry);
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input, external: [/^@trpc\//], platform: 'browser' });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    await bundle.close();
    const first = output.find((chunk) => chunk.type === 'chunk' && chunk.isEntry);
    if (first?.type !== 'chunk') throw new Error('nothing was bundled');
    expect(gzipSync(first.code, { level: 9 }).length).toBeLessThan(bytes);
  });

  it.each([
    'index',
    'entry/fetch',
    'entry/hono',
    'entry/express',
    'entry/fastify',
    'entry/koa',
    'entry/node',
    'trpc',
  ])('C13: the guard is bundled for the edge without a module of Node: %s', async (entry) => {
    const input = join(folder, 'node_modules/@keyseal/client/client/guard', `${entry}.js`);
    const { rolldown } = await import('rolldown');
    const unresolved: string[] = [];
    const bundle = await rolldown({
      ...{ input, cwd: folder, platform: 'neutral', resolve: { mainFields: ['module', 'main'] } },
      onwarn: ({ code, message }) => void (code === 'UNRESOLVED_IMPORT' && unresolved.push(message)),
    });
    const { output } = await bundle.generate({ format: 'esm' });
    await bundle.close();
    const imported = output.flatMap((chunk) =>
      chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : [],
    );
    const own = new Set(output.map(({ fileName }) => fileName));
    expect([unresolved, imported.filter((name) => !own.has(name))]).toEqual([[], []]);
  });

  it('C13: the guard of one framework contains no other', async () => {
    const input = join(folder, 'node_modules/@keyseal/client/client/guard/entry/fetch.js');
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input, external: [/^@trpc\//], platform: 'neutral' });
    const { output } = await bundle.generate({ format: 'esm' });
    await bundle.close();
    const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
    expect(
      modules.filter((id) => /guard\/(express|fastify|hono|koa|node|replay-body)\.js$/.test(id)),
    ).toEqual([]);
  });
});
