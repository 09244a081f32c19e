import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { documentOf } from '../../server/openapi/document.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';

const documentAt = (server: string) => JSON.parse(JSON.stringify(documentOf(builtInApi, server)));

it('keyseal openapi writes the document without a complete configuration, with relative URLs', async () => {
  // In production, startup would need master keys.
  const { code, json, err } = await keyseal(['openapi'], { env: { NODE_ENV: 'production' } });
  expect([code, err]).toEqual([0, '']);
  expect(json).toEqual(documentAt('/'));
});

it('keyseal openapi names the given origin, else the first public one', async () => {
  const env = { KEYSEAL_PUBLIC_ORIGINS: 'https://api.keyseal.test,https://other.test' };
  const { json } = await keyseal(['openapi', '--json'], { env });
  expect(json.servers[0].url).toBe('https://api.keyseal.test');
  const given = await keyseal(['openapi', '--json', '--origin', 'https://given.test'], { env });
  expect(given.json.servers[0].url).toBe('https://given.test');
  const wrong = await keyseal(['openapi', '--origin', 'given.test/path']);
  expect([wrong.code, wrong.out]).toEqual([64, '']);
});

it('keyseal openapi has the brand of the operator, as the service does', async () => {
  const env = { KEYSEAL_BRAND: 'ada', KEYSEAL_BRAND_NAME: 'Ada’s API' };
  const { json, out } = await keyseal(['openapi', '--json'], { env });
  expect(json.info.title).toBe('Ada’s API');
  expect(out).toContain('ada_live_');
  expect(out).not.toMatch(/\bks_/);
});

it('keyseal openapi writes a file, and prints its name', async () => {
  const file = join(await freshFolder(), 'made', 'openapi.json');
  const { json } = await keyseal(['openapi', '--out', file, '--json']);
  expect(json).toEqual({ file, procedures: builtInApi.procedures.size });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(documentAt('/'));
});

it('the build contains the document', () => {
  const built = join(import.meta.dirname, '../../dist/openapi.json');
  expect(JSON.parse(readFileSync(built, 'utf8'))).toEqual(documentAt('/'));
});
