import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const ED = () => generateKeyPairSync('ed25519');
const EC = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve });
const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
type Pair = ReturnType<typeof ED>;

const pem = (type: 'pkcs8' | 'pkcs1' | 'sec1') => (key: KeyObject) =>
  String(key.export({ format: 'pem', type: type as 'pkcs8' }));
/** Begins with a byte order mark. */
const markedPem = (key: KeyObject) =>
  `\uFEFF${pem('pkcs8')(key)}${createPublicKey(key).export({ format: 'pem', type: 'spki' })}`;
const jwk = (more: object) => (key: KeyObject) =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more }, null, 2);

let service: TestService;
let ada: Person;
let folder: string;

beforeAll(async () => {
  folder = await freshFolder();
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

let files = 0;
const fileOf = async (text: string | Buffer) => {
  const file = join(folder, `${++files}.key`);
  await writeFile(file, text);
  return file;
};
const permissions = ['exemple:read', 'echo:write', 'profile:read'];
const envOf = async (pair: Pair, alg = 'EdDSA') => ({
  KEYSEAL_API_KEY: String((await registerKey(service, ada, pair, { permissions }, alg)).apiKey),
  KEYSEAL_URL: service.url,
});

describe('keyseal call and keyseal sign', () => {
  it.each([
    ['Ed25519 in PKCS #8', ED, 'EdDSA', pem('pkcs8'), []],
    ['P-256 as a JWK', EC('P-256'), 'ES256', jwk({ use: 'sig' }), []],
    ['P-384 in SEC 1', EC('P-384'), 'ES384', pem('sec1'), []],
    ['RSA in PKCS #1, by PSS', RSA, 'PS512', pem('pkcs1'), []],
    ['RSA in PKCS #8, by PKCS #1', RSA, 'RS256', pem('pkcs8'), ['--algorithm', 'rs256']],
    ['PEM of an editor of Windows, with the public key', ED, 'EdDSA', markedPem, []],
    ['RSA as a JWK that says how it signs', RSA, 'RS256', jwk({ alg: 'RS256' }), []],
  ] as const)('sign with %s', async (_, make, alg, write, more) => {
    const pair = make() as Pair;
    const env = await envOf(pair, alg);
    const file = await fileOf(write(pair.privateKey));
    const options = ['--private-key', file, ...more, '--json'];
    const called = await keyseal(['call', 'echo', '{"text":"été"}', ...options], { env });
    expect([called.code, called.err, called.out]).toEqual([0, '', expect.stringContaining('"text":"été"')]);
    const signed = await keyseal(['sign', 'POST', `${service.url}/api/echo`, '{"text":"x"}', ...options], {
      env,
    });
    const { url, headers, body } = signed.json;
    expect(headers['signature-input']).toContain('"content-digest"');
    const sent = () => fetch(url, { method: 'POST', headers, body });
    expect([(await sent()).status, (await sent()).status]).toEqual([200, 401]);
  });

  it('read the name of the file from the environment, or the key from standard input', async () => {
    const pair = ED();
    const text = pem('pkcs8')(pair.privateKey);
    const env = { ...(await envOf(pair)), KEYSEAL_USER_TOKEN: ada.token };
    const byName = await keyseal(['call', 'whoami'], {
      env: { ...env, KEYSEAL_PRIVATE_KEY_FILE: await fileOf(text) },
    });
    expect(byName.json.user.id).toBe(ada.userId);
    const piped = await keyseal(['call', 'whoami', '--private-key', '-'], { env, stdin: text });
    expect(piped.json.user.id).toBe(ada.userId);
    const both = await keyseal(['call', 'echo', '-', '--private-key', '-'], { env, stdin: text });
    expect([both.code, both.err]).toEqual([64, expect.stringContaining('cannot both be standard input')]);
  });

  const encrypted = () =>
    ED().privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' });
  it.each<[string, () => string | Buffer, RegExp]>([
    [
      'an encrypted key',
      encrypted,
      /is encrypted: use "openssl pkey -in .* \| keyseal call --private-key - …"/,
    ],
    [
      'a public key as a JWK',
      () => JSON.stringify(ED().publicKey.export({ format: 'jwk' })),
      /is a public key: a signature needs the private one/,
    ],
    ['a signing secret', () => 'kss_do_not_print_me', /is not a private key in PEM/],
    ['a JWK of another kind', () => '{"kty":"oct","k":"do_not_print_me","d":"x"}', /is not a private key in/],
    [
      'an RSA JWK for another algorithm',
      () => jwk({ alg: 'PS256' })(RSA().privateKey),
      /has an unsupported alg: use PS512 or RS256/,
    ],
    [
      'an RSA key that is too small',
      () => pem('pkcs8')(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
      /must have a modulus of 2048 to 4096 bits/,
    ],
    ['a file of PuTTY', () => 'PuTTY-User-Key-File-3: ssh-ed25519', /give what "puttygen FILE -O/],
  ])('refuse %s, and print nothing of it', async (_, text, message) => {
    const options = ['--private-key', await fileOf(text())];
    const { code, out, err } = await keyseal(['call', 'exemple', ...options], { env: await envOf(ED()) });
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(message)]);
    expect(err).not.toContain('do_not_print_me');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['without a key', {}, /KEYSEAL_API_KEY is not set/],
    [
      'beside a signing secret',
      { KEYSEAL_API_KEY: 'ks_live_x', KEYSEAL_SIGNING_SECRET: 'kss_x' },
      /KEYSEAL_SIGNING_SECRET is set, and there is a private key/,
    ],
    ['with an API key of another form', { KEYSEAL_API_KEY: 'hunter2' }, /must be an API key such as/],
  ])('refuse a private key %s', async (_, env, message) => {
    const file = await fileOf(pem('pkcs8')(ED().privateKey));
    const { code, err } = await keyseal(['call', 'exemple', '--private-key', file], { env });
    expect([code, err]).toEqual([78, expect.stringMatching(message)]);
    expect(err).not.toContain('hunter2');
  });

  it('refuse an algorithm without a private key', async () => {
    const { code, err } = await keyseal(['call', 'exemple', '--algorithm', 'rs256'], { env: {} });
    expect([code, err]).toEqual([64, expect.stringContaining('--algorithm needs a private key')]);
  });
});

requires('ssh-keygen').test('keyseal call signs with Ed25519 of OpenSSH', async () => {
  const file = join(await freshFolder(), 'id');
  const make = (passphrase: string) =>
    promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
  await make('');
  const made = await keyseal(['keygen', '--key', file, '--out', `${file}.pem`, '--issuer', service.url]);
  expect(made.code).toBe(0);
  const { createPrivateKey, createPublicKey } = await import('node:crypto');
  const privateKey = createPrivateKey(await readFile(`${file}.pem`));
  const env = await envOf({ privateKey, publicKey: createPublicKey(privateKey) } as Pair);
  const { json } = await keyseal(['call', 'exemple', '{"name":"Ada"}', '--private-key', file], { env });
  expect(json.message).toBe('Hello, Ada!');
});

requires('bash', 'curl').test('keyseal sign prints a call that curl makes once', async () => {
  const pair = ED();
  const env = await envOf(pair);
  const file = await fileOf(pem('pkcs8')(pair.privateKey));
  const args = ['sign', 'POST', `${service.url}/api/echo`, `{"text":"it's"}`, '--private-key', file];
  const { out } = await keyseal(args, { env });
  expect(out).not.toContain(env.KEYSEAL_API_KEY);
  const paste = async () =>
    (await promisify(execFile)('bash', ['-c', out], { env: { ...env, PATH: process.env['PATH'] } })).stdout;
  expect(await paste()).toContain("it's");
  expect(await paste()).toContain('SIGNATURE_REPLAYED');
});
