import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const GOOD = `
import { createKeysealClient, KeysealRefusal, type Reason } from 'keyseal/client';

const client = createKeysealClient({ url: 'http://localhost:3000', apiKey: 'ks_…', signingSecret: 'kss_…' });
const { message, caller } = await client.exemple.query({ name: 'Ada' });
export const greeting: string = message;
export const user: string | null = caller.userId;
export const { key, secret }: { key: { status: 'active' | 'disabled' | 'expired' | 'revoked' }; secret: string | null } =
  await client.keys.create.mutate({ name: 'n', environment: 'live', permissions: ['exemple:*'] });

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
];

let folder: string;

/** A project that has the built package and nothing of its sources, and checks libraries too. */
beforeAll(async () => {
  folder = await freshFolder();
  const installed = join(folder, 'node_modules', 'keyseal');
  await mkdir(installed, { recursive: true });
  await run(process.execPath, [
    tsc,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    join(installed, 'dist'),
  ]);
  await writeFile(join(installed, 'package.json'), await readFile(join(root, 'package.json')));
  for (const needed of [
    '@trpc',
    'eventsource',
    'eventsource-parser',
    '@types',
    'undici-types',
    'typescript',
  ]) {
    await symlink(join(root, 'node_modules', needed), join(folder, 'node_modules', needed));
  }
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] },
    ...{ strict: true, skipLibCheck: false, noEmit: true },
  };
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
}, 60_000);

const compile = async (source: string): Promise<string> => {
  await writeFile(join(folder, 'consumer.ts'), source);
  return run(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
};

describe('a consumer of the built package', () => {
  it('compiles with every library checked, without zod or drizzle at hand', async () => {
    expect(await compile(GOOD)).toBe('');
  });

  it('is told of each mistake', async () => {
    const errors = await compile(GOOD + WRONG.map((line) => `{ ${line} }`).join('\n'));
    const first = GOOD.split('\n').length;
    const lines = new Set([...errors.matchAll(/consumer\.ts\((\d+),/g)].map(([, line]) => Number(line)));
    expect([...lines].sort((a, b) => a - b)).toEqual(WRONG.map((_, index) => first + index));
  });
});
