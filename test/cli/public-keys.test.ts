import { execFile } from 'node:child_process';
import { constants, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPublicKeyFile } from '../../server/lib/public-key-file.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { signerOf, signStandard } from '../harness/http-signature.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send } from '../harness/wire.ts';

/** The line that ssh-keygen writes for a public key: its fields with their lengths (RFC 4251 §5). */
function sshLine(type: string, ...fields: Buffer[]): string {
  const all = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(all).toString('base64')} ada@example.com\n`;
}

const PKCS8 = { format: 'pem', type: 'pkcs8' } as const;
const pssKey = () =>
  generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    .publicKey.export({ format: 'pem', type: 'spki' })
    .toString();
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');

describe('a file with a public key', () => {
  const ed = generateKeyPairSync('ed25519').publicKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

  it.each([ed, ec, rsa])('may be PEM, or a JWK', (key) => {
    expect(readPublicKeyFile(key.export({ format: 'pem', type: 'spki' }).toString())).toEqual(jwkOf(key));
    expect(readPublicKeyFile(JSON.stringify(jwkOf(key)))).toEqual(jwkOf(key));
  });

  it('may be a line of OpenSSH', () => {
    const { x, y } = jwkOf(ec);
    const { n, e } = jwkOf(rsa);
    const point = Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]);
    const positive = Buffer.concat([Buffer.of(0), bytes(n)]);
    expect(readPublicKeyFile(sshLine('ssh-ed25519', bytes(jwkOf(ed).x)))).toEqual(jwkOf(ed));
    expect(readPublicKeyFile(sshLine('ecdsa-sha2-nistp256', Buffer.from('nistp256'), point))).toEqual(
      jwkOf(ec),
    );
    expect(readPublicKeyFile(sshLine('ssh-rsa', bytes(e), positive))).toEqual(jwkOf(rsa));
  });

  it('may have lines before its PEM', () => {
    const pem = ed.export({ format: 'pem', type: 'spki' });
    expect(readPublicKeyFile(`Bag Attributes\n${pem}`)).toEqual(jwkOf(ed));
  });

  it.each([
    ['nothing', '', 'has no public key'],
    ['half a JWK', '{', 'has no public key'],
    ['a line of DSA', 'ssh-dss AAAA', 'has no public key'],
    ['a line that is cut off', 'ssh-ed25519 ////', 'has no public key'],
    ['a line without a point', sshLine('ecdsa-sha2-nistp256'), 'has no public key'],
    ['PEM that is cut off', '-----BEGIN PUBLIC KEY-----\nx', 'cannot be read, or of another kind'],
    ['a key for PSS alone', pssKey(), 'or of another kind: give Ed25519, P-256, P-384, or RSA'],
    [
      'a private key of OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nx',
      'a private key: give the public key',
    ],
    ['a private key of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519', 'a private key: give what "puttygen'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nx', 'a private key: give what "openssl pkey'],
    [
      'an encrypted key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nx',
      'a private key: give what "openssl pkey',
    ],
    [
      'a private key of a curve',
      '-----BEGIN EC PARAMETERS-----\nx\n-----BEGIN EC PRIVATE KEY-----\nx',
      'a private key: give what "openssl pkey',
    ],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nx', 'is a certificate: give what "openssl x509'],
    [
      'the form of RFC 4716',
      '---- BEGIN SSH2 PUBLIC KEY ----\nx',
      'give what "ssh-keygen -i -f FILE" writes',
    ],
    ['a key of P-521', 'ecdsa-sha2-nistp521 AAAA', 'of another kind'],
    ['a security key', 'sk-ssh-ed25519@openssh.com AAAA', 'of a security key'],
  ])('is refused with %s, and the message says what helps', (_, text, fault) => {
    expect(readPublicKeyFile(text)).toContain(fault);
  });
});

requires('postgres').describe('a key without a shared secret', () => {
  let service: TestService;
  let ada: Person;
  let workspace: string;
  let folder: string;

  beforeAll(async () => {
    folder = await freshFolder();
    service = await startTestService({
      env: { DATABASE_URL: await freshPostgres(), KEYSEAL_DATA_DIR: folder },
    });
    ada = await signUp(service);
    workspace = (await query(service, ada, 'whoami')).json.result.data.workspace.id;
  });
  afterAll(() => service.stop());

  const calls = async (key: Credentials, pem: string) => {
    const sign = signerOf(createPrivateKey(pem));
    return (
      await send(service.port, signStandard(key, '/api/exemple', { authority: service.authority, sign }))
    ).status;
  };

  it('is registered with the output of keygen, and calls with the file that it writes', async () => {
    const out = join(folder, 'shop.pem');
    const made = await keyseal([
      'keygen',
      '--out',
      out,
      '--issuer',
      service.running.service.issuer,
      '--json',
    ]);
    expect([made.code, (await stat(out)).mode & 0o777]).toEqual([0, 0o600]);
    const input = { name: 'Shop', environment: 'live', permissions: ['exemple:read'], ...made.json };
    const { key, secret } = (await mutate(service, ada, 'keys.create', input)).json.result.data;
    expect(await calls({ id: key.id, apiKey: secret, signingSecret: '' }, await readFile(out, 'utf8'))).toBe(
      200,
    );
    const again = await keyseal(['keygen', '--out', out, '--issuer', service.url]);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('exists')]);
  });

  it('is created from a file by keys create', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const file = join(folder, 'id_ed25519.pub');
    await writeFile(file, sshLine('ssh-ed25519', bytes(jwkOf(publicKey).x)));
    const options = [
      '--workspace',
      workspace,
      '--name',
      'Shop',
      '--permissions',
      'exemple:read',
      '--public-key',
      file,
    ];
    const { code, json } = await keyseal(['keys', 'create', ...options, '--json'], { env: service.env });
    expect([code, json.signingSecret, json.key.signature.algorithm]).toEqual([0, null, 'ed25519']);
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(await calls({ id: json.key.id, apiKey: json.secret, signingSecret: '' }, pem)).toBe(200);
    await writeFile(file, pem);
    const wrong = await keyseal(['keys', 'create', ...options], { env: service.env });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('is a private key: give what')]);
  });

  describe('from a private key that exists', () => {
    const P384 = () => generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };

    it.each([
      ['P-384 in PKCS #8', P384, 'pkcs8', [], 'ecdsa-p384-sha384', ['sha384', {}]],
      ['P-384 in SEC 1', P384, 'sec1', [], 'ecdsa-p384-sha384', ['sha384', {}]],
      ['RSA in PKCS #1, by PSS', RSA, 'pkcs1', [], 'rsa-pss-sha512', ['sha512', pss]],
      ['RSA by name', RSA, 'pkcs8', ['--algorithm', 'rs256'], 'rsa-v1_5-sha256', ['sha256', {}]],
    ] as const)('%s is registered with the output of keygen', async (_, make, type, more, algorithm, how) => {
      const { privateKey } = make();
      const file = join(folder, 'existing.pem');
      await writeFile(file, privateKey.export({ format: 'pem', type } as never));
      const made = await keyseal(['keygen', '--key', file, '--issuer', service.url, '--json', ...more]);
      const input = { name: 'Shop', environment: 'live', permissions: ['exemple:read'], ...made.json };
      const { key, secret } = (await mutate(service, ada, 'keys.create', input)).json.result.data;
      expect(key.signature.algorithm).toBe(algorithm);
      const sign = signerOf(privateKey, how[0], how[1]);
      const who = { id: key.id, apiKey: secret, signingSecret: '' };
      const draft = signStandard(who, '/api/exemple', { authority: service.authority, sign });
      expect((await send(service.port, draft)).status).toBe(200);
    });

    const encrypted = () =>
      P384().privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' });
    it.each<[string, () => string | Buffer, readonly string[], RegExp]>([
      [
        'an encrypted one',
        encrypted,
        [],
        /is encrypted: use "openssl pkey -in .* \| keyseal keygen --key - …"/,
      ],
      [
        'a text that says it is of OpenSSH',
        () => '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
        [],
        /is not a key of OpenSSH/,
      ],
      [
        'a public key',
        () => sshLine('ssh-ed25519'),
        [],
        /is a public key: a signature needs the private one/,
      ],
      ['another text', () => 'x', [], /is not a private key in PEM/],
      [
        'a key for PSS alone',
        () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export(PKCS8),
        [],
        /of another kind: give Ed25519/,
      ],
      [
        'RSA of 1,024 bits',
        () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(PKCS8),
        [],
        /must have a modulus of 2048 to 4096 bits/,
      ],
      [
        'a kind that the command does not name',
        () => P384().privateKey.export(PKCS8),
        ['--algorithm', 'ed25519'],
        /is a key for p-384, not ed25519/,
      ],
    ])('%s is refused, and the message says what helps', async (_, text, more, message) => {
      const file = join(folder, 'odd.pem');
      await writeFile(file, text());
      const { code, out, err } = await keyseal(['keygen', '--key', file, '--issuer', service.url, ...more]);
      expect([code, out, err]).toEqual([1, '', expect.stringMatching(message)]);
    });

    it('or a new one must be named', async () => {
      const { code, err } = await keyseal(['keygen', '--issuer', service.url]);
      expect([code, err]).toEqual([64, expect.stringContaining('Give --out FILE for a new private key')]);
    });
  });

  requires('ssh-keygen').describe('from a key of OpenSSH', () => {
    const { test } = requires('ssh-keygen');
    const made = async (type: string, passphrase = '') => {
      const file = join(await freshFolder(), 'id');
      await promisify(execFile)('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', file]);
      return file;
    };

    test('Ed25519 is registered with the output of keygen, which writes it as PEM', async () => {
      const file = await made('ed25519');
      const out = `${file}.pem`;
      const { json } = await keyseal([
        'keygen',
        '--key',
        file,
        '--out',
        out,
        '--issuer',
        service.url,
        '--json',
      ]);
      expect(json.publicKey).toEqual(readPublicKeyFile(await readFile(`${file}.pub`, 'utf8')));
      const input = { name: 'Shop', environment: 'live', permissions: ['exemple:read'], ...json };
      const { key, secret } = (await mutate(service, ada, 'keys.create', input)).json.result.data;
      const who = { id: key.id, apiKey: secret, signingSecret: '' };
      expect(await calls(who, await readFile(out, 'utf8'))).toBe(200);
    });

    test('one with a passphrase, and one of another kind, are refused with what converts them', async () => {
      for (const [file, message] of [
        [await made('ed25519', 'a secret'), /has a passphrase: remove it from a copy with "ssh-keygen -p -N/],
        [await made('ecdsa'), /is not Ed25519: convert a copy with "ssh-keygen -p -m PKCS8/],
      ] as const) {
        const { code, err } = await keyseal(['keygen', '--key', file, '--issuer', service.url]);
        expect([code, err]).toEqual([1, expect.stringMatching(message)]);
      }
      const converted = await made('ecdsa');
      await promisify(execFile)('ssh-keygen', ['-q', '-p', '-m', 'PKCS8', '-N', '', '-f', converted]);
      const { code } = await keyseal(['keygen', '--key', converted, '--issuer', service.url]);
      expect(code).toBe(0);
    });
  });

  it.each(['ed25519', 'p-256', 'p-384', 'ps512', 'rs256'])(
    'keygen makes a pair for %s',
    async (algorithm) => {
      const out = join(folder, `${algorithm}.pem`);
      const options = ['--out', out, '--algorithm', algorithm, '--issuer', service.url];
      const made = await keyseal(['keygen', ...options, '--json']);
      const input = { name: 'Shop', environment: 'live', permissions: ['exemple:read'], ...made.json };
      expect((await mutate(service, ada, 'keys.create', input)).status).toBe(200);
    },
  );
});
