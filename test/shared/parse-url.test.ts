import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseBase } from '../../client/base-url.ts';
import { readConfig } from '../../server/lib/config.ts';
import { isAuthority } from '../../shared/authority.ts';
import { parseUrl } from '../../shared/parse-url.ts';

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

it.each<[string, string]>([
  ['in ASCII', `http://${'a.'.repeat(150)}example/`],
  ['in another script', `http://${'\u{4e00}'.repeat(300)}/`],
  ['in percent-encoding', `http://${'%E4%B8%80'.repeat(300)}/`],
  ['after user information', `http://ada:${'x'.repeat(500)}@${'a.'.repeat(150)}example/`],
  ['after other slashes', `http:\\\\${'a.'.repeat(150)}example/`],
  ['without slashes', `  https:${'a.'.repeat(150)}example/`],
  ['with line breaks', `http://\n${'a.\n'.repeat(150)}example/`],
])(
  'S7: a host of more than 255 characters, %s, is not parsed: that takes the square of its length',
  (_what, url) => {
    expect(new URL(url).host.length, 'the standard parses it').toBeGreaterThan(255);
    expect(parseUrl(url)).toBeNull();
  },
);

it('a long password, path or query is parsed', () => {
  const long = 'x'.repeat(5_000);
  expect(parseUrl(`postgres://ada:${long}@db.example:5432/${long}?a=${long}`)?.host).toBe('db.example:5432');
  expect(parseUrl(`urn:${'x'.repeat(200)}`)?.protocol).toBe('urn:');
});
