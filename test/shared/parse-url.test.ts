import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseBase } from '../../client/base-url.ts';
import { readConfig } from '../../server/lib/config.ts';
import { isAuthority } from '../../shared/authority.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Compiled code parses after some thousand calls. */
const OFTEN = 30_000;

it('a host in Latin-1 is read alike, however often the process has read one', () => {
  const wrong = new Set<string>();
  for (let call = 0; call < OFTEN; call++) {
    const base = parseBase(call % 2 === 0 ? 'https://bücher.example' : 'https://plain.example');
    if (base !== (call % 2 === 0 ? 'https://xn--bcher-kva.example' : 'https://plain.example'))
      wrong.add(base);
    if (isAuthority('bücher.example') || !isAuthority('plain.example:8443')) wrong.add('authority');
  }
  expect([...wrong]).toEqual([]);
});

it('so is a public origin', () => {
  const config = () =>
    readConfig({ KEYSEAL_PUBLIC_ORIGINS: 'https://bücher.example', NODE_ENV: 'development' });
  for (let call = 0; call < 10_000; call++) config();
  expect(config().publicOrigins).toEqual(['https://xn--bcher-kva.example']);
}, 60_000);

it('no file of the product uses URL.canParse, which reads such a host wrong', () => {
  const found = ['shared', 'server', 'cli', 'sdk', 'client', 'web'].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${room}/${name}`)
      .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('URL.canParse(')),
  );
  expect(found).toEqual([]);
});
