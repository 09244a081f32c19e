import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, startTestService } from '../harness/service.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;

/** What a command writes to a terminal, stdout and stderr as they come. */
async function onTerminal(args: string, env: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const options = { env: { PATH, HOME, TERM: 'xterm', ...env } };
  const command = `"${process.execPath}" "${CLI}" ${args}`;
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], options);
  return stdout.replaceAll('\r\n', '\n');
}

/** A bar that grows on one line until it is full, and then what the command answers. */
function expectGrows(written: string): void {
  const [line = '', ...rest] = written.split('\n');
  const steps = line.split('\r').filter((step) => step !== '');
  const counts = steps.map((step) => /^(█*)(░*) (\d+) of (\d+)$/.exec(step));
  expect(counts.every((count) => count !== null)).toBe(true);
  for (const count of counts) expect((count?.[1] ?? '').length + (count?.[2] ?? '').length).toBe(30);
  const done = counts.map((count) => Number(count?.[3]));
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(counts.at(-1)?.[3]).toBe(counts.at(-1)?.[4]);
  expect(rest.join('\n')).not.toMatch(/[█░\r]/);
  expect(rest.join('\n').trim()).not.toBe('');
}

const DATABASES = [
  ['PGlite', requires('script'), async () => ({})],
  ['Postgres', requires('script', 'postgres'), async () => ({ DATABASE_URL: await freshPostgres() })],
] as const;

for (const [name, needs, database] of DATABASES) {
  needs.test(`migrate shows on a terminal how far it is, on ${name}`, async () => {
    const env = { ...(await database()), KEYSEAL_DATA_DIR: await freshFolder(), NODE_ENV: 'development' };
    const first = await onTerminal('migrate', env);
    expectGrows(first);
    expect(first.split('\r').length).toBeGreaterThan(10);
    expect(await onTerminal('migrate', env)).toMatch(/^The schema is up to date \(\w+\)\.\n$/);
  });
}

requires('script', 'postgres').test(
  'audit verify and master-key rotate show progress on a terminal only',
  async () => {
    const [one, two] = [masterKey(1), masterKey(2)];
    const env = { DATABASE_URL: await freshPostgres(), KEYSEAL_MASTER_KEYS: one };
    const before = await startTestService({ env });
    for (let n = 0; n < 3; n++) await signUp(before);
    const service = await restart(before, { KEYSEAL_MASTER_KEYS: `${two},${one}` });
    for (const command of ['audit verify', 'master-key rotate'])
      expectGrows(await onTerminal(command, service.env));
    expect(await keyseal(['audit', 'verify'], { env: service.env })).toMatchObject({ code: 0, err: '' });
    await service.stop();
  },
);

requires('postgres').test('migrate writes no progress to stderr without a terminal', async () => {
  const env = { DATABASE_URL: await freshPostgres(), NODE_ENV: 'development' };
  expect(await keyseal(['migrate', '--json'], { env })).toMatchObject({ code: 0, err: '' });
});
