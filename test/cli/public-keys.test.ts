import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  it.each([
    '',
    '{',
    'ssh-dss AAAA',
    'ssh-ed25519 ////',
    '-----BEGIN PUBLIC KEY-----\nx',
    sshLine('ecdsa-sha2-nistp256'),
  ])('is refused with the content %j', (text) => {
    expect(readPublicKeyFile(text)).toBeNull();
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
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('no public key')]);
  });
});
