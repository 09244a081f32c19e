import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, vi } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { KEPT_IN_DATABASES } from '../../harness/kept-in-page.ts';
import { registrationOf } from '../../harness/public-keys.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000 });

const EC = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve });
const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
type Pair = ReturnType<typeof RSA>;

const pem = (key: KeyObject) => String(key.export({ format: 'pem', type: 'pkcs8' }));
const jwk = (key: KeyObject) => JSON.stringify({ ...key.export({ format: 'jwk' }), use: 'sig' });

requires('browser').describe('the playground with a private key', () => {
  const { test } = requires('browser');
  const at = visited();

  async function keyOf(email: string, pair: Pair, alg: string) {
    const person = await clientOf(at.service, email);
    const registration = await registrationOf(at.service, pair, {}, alg);
    const { key, secret } = await person.keys.create.mutate({
      name: 'Signs by itself',
      environment: 'test',
      permissions: ['exemple:read'],
      ...(registration as { publicKey: Record<string, unknown>; proof: string }),
    });
    return { id: key.id, apiKey: secret ?? '' };
  }
  const use = () => at.page.getByRole('button', { name: 'Use this key' }).click();
  const send = () => at.page.getByRole('button', { name: 'Sign and send' }).click();
  const field = () => at.page.getByLabel('Private key', { exact: true });

  test('signs with each kind of it, which stays in the page', async () => {
    const email = await signUp(at.page);
    const sent: string[] = [];
    at.page.on('request', (request) =>
      sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? ''),
    );
    for (const [make, alg, write] of [
      [() => generateKeyPairSync('ed25519'), 'EdDSA', pem],
      [EC('P-256'), 'ES256', jwk],
      [EC('P-384'), 'ES384', pem],
      [RSA, 'PS512', pem],
      [RSA, 'RS256', jwk],
    ] as const) {
      const pair = make();
      const { id, apiKey } = await keyOf(email, pair as Pair, alg);
      await at.page.goto(`/playground?key=${id}`);
      // What signs is chosen as the key has it.
      await field().fill(write(pair.privateKey));
      await at.page.getByLabel('API key', { exact: true }).fill(apiKey);
      await use();
      await at.page.getByText(`Signs with ks_test_${id}_…`).waitFor();
      expect(await at.page.getByLabel('Signature format').count()).toBe(0);
      await at.page.getByLabel('name').fill(alg);
      await send();
      await at.page.getByText(`"message": "Hello, ${alg}!"`).waitFor();
      const kept = `${await at.page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')}${await at.page.evaluate(KEPT_IN_DATABASES)}`;
      const { d } = pair.privateKey.export({ format: 'jwk' });
      for (const secret of [String(d), ...pem(pair.privateKey).split('\n').slice(1, -2)]) {
        expect(kept).not.toContain(secret);
        expect(sent.join('\n')).not.toContain(secret);
      }
    }
    expect(sent.join('\n')).toContain('signature-input');
  });

  test('takes a file, breaks the call on purpose, and shows the code of it', async () => {
    const email = await signUp(at.page);
    const pair = generateKeyPairSync('ed25519');
    const { apiKey } = await keyOf(email, pair as Pair, 'EdDSA');
    await at.page.goto('/playground');
    await at.page.getByLabel('API key', { exact: true }).fill(apiKey);
    await at.page.getByText('A private key', { exact: true }).click();
    await field().fill('-----BEGIN EC PRIVATE KEY-----\nx');
    await use();
    await at.page.getByText('The page cannot read this private key').waitFor();
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'playground-private-key');
    await at.page.setViewportSize({ width: 1440, height: 900 });
    const chosen = at.page.waitForEvent('filechooser');
    await at.page.getByRole('button', { name: 'Choose a file…' }).click();
    const file = {
      name: 'shop.pem',
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from(pem(pair.privateKey)),
    };
    await (await chosen).setFiles(file);
    await expect.poll(() => field().inputValue()).toContain('BEGIN PRIVATE KEY');
    await use();
    for (const [breakage, reason] of [
      ['secret', 'SIGNATURE_INVALID'],
      ['input', 'SIGNATURE_INVALID'],
      ['late', 'SIGNATURE_EXPIRED'],
      ['replay', 'SIGNATURE_REPLAYED'],
      ['unsigned', 'SIGNATURE_MISSING'],
    ] as const) {
      await at.page.getByLabel('Break it on purpose').selectOption(breakage);
      const answered = at.page.waitForResponse((response) => response.status() === 401);
      await send();
      const id = (await answered).headers()['x-request-id'] as string;
      await at.page.getByRole('alert').filter({ hasText: id }).getByText(reason, { exact: true }).waitFor();
    }
    for (const [language, text] of [
      ['curl', 'openssl pkeyutl -sign -rawin'],
      ['TypeScript', 'sign(null, Buffer.from(base), key)'],
      ['Python', 'load_pem_private_key'],
      ['Go', 'ed25519.Sign'],
    ] as const) {
      await at.page.getByRole('tab', { name: language, exact: true }).click();
      const code = await at.page.getByLabel(`The call in ${language}`, { exact: true }).textContent();
      expect(code).toContain(text);
      expect(code).toContain('KEYSEAL_PRIVATE_KEY_FILE');
      expect(code).not.toContain('KEYSEAL_SIGNING_SECRET');
    }
  });
});
