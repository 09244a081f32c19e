import { generateKeyPairSync } from 'node:crypto';
import { expect, vi } from 'vitest';
import { expectGood, openCreation, showSecrets, signUp, visited } from '../../harness/console.ts';
import { signerOf, signStandard } from '../../harness/http-signature.ts';
import { registrationOf } from '../../harness/public-keys.ts';
import { requires } from '../../harness/requires.ts';
import { send, sign } from '../../harness/wire.ts';

vi.setConfig({ testTimeout: 240_000 });

requires('browser').describe('a key with a public key', () => {
  const { test } = requires('browser');
  const at = visited();
  const dialog = () => at.page.getByRole('dialog');
  const pairOf = async () => {
    const pair = generateKeyPairSync('ed25519');
    return { pair, text: JSON.stringify(await registrationOf(at.service, pair), null, 2) };
  };
  type Pair = Awaited<ReturnType<typeof pairOf>>['pair'];
  const credentials = (apiKey: string, signingSecret = '') => ({
    id: apiKey.split('_')[2] ?? '',
    apiKey,
    signingSecret,
  });
  const reasonOf = async (apiKey: string, { privateKey }: Pair) => {
    const options = { authority: at.service.authority, sign: signerOf(privateKey) };
    const draft = signStandard(credentials(apiKey), '/api/exemple', options);
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };
  const shownKey = async () => {
    await showSecrets(dialog());
    return dialog().getByLabel('API key', { exact: true }).innerText();
  };
  const choose = (signer: string) => dialog().getByLabel(signer, { exact: true }).check();
  const OWN = 'Your own private key';
  const openRotation = async () => {
    await at.page.getByRole('button', { name: /^Actions for/ }).click();
    await at.page.getByRole('menuitem', { name: 'Rotate…' }).click();
  };

  test('is created from what keygen prints, and never sends a private key', async () => {
    await signUp(at.page);
    const sent: string[] = [];
    at.page.on('request', (request) => sent.push(request.postData() ?? ''));
    await openCreation(at.page);
    await choose(OWN);
    const field = dialog().getByLabel('Public key');
    const submit = dialog().getByRole('button', { name: 'Create the key' });
    const { pair, text } = await pairOf();
    const jwk = pair.privateKey.export({ format: 'jwk' });
    const withPrivate = JSON.stringify({ ...JSON.parse(text), publicKey: jwk });
    const pem = String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const inSet = JSON.stringify({ ...JSON.parse(text), publicKey: { keys: [jwk] } });
    const asProof = JSON.stringify({ ...JSON.parse(text), proof: pem });
    for (const wrong of ['', '{}', pem, withPrivate, inSet, asProof]) {
      await field.fill(wrong);
      await submit.click();
      await dialog().getByText('Paste everything that keyseal keygen prints').waitFor();
    }
    for (const secret of [String(jwk.d), String(pem.split('\n')[1])])
      expect(sent.join()).not.toContain(secret);
    const proof = {
      ...JSON.parse(text),
      proof: (await registrationOf(at.service, pair, { aud: 'x' })).proof,
    };
    await field.fill(JSON.stringify(proof));
    await submit.click();
    await dialog().getByText('The proof was not accepted').waitFor();
    await expectGood(at.page, 'public-key-refused');
    await field.fill(text);
    await submit.click();
    await dialog().getByText('Your key is ready').waitFor();
    expect(await dialog().getByLabel('Signing secret', { exact: true }).count()).toBe(0);
    await expectGood(at.page, 'public-key-made');
    const apiKey = await shownKey();
    expect(await reasonOf(apiKey, pair)).toBe('OK');
    await dialog().getByText('Your first call has arrived').waitFor();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await at.page.goto(`/keys/${credentials(apiKey).id}?tab=policy`);
    await at.page.getByText('ed25519', { exact: true }).waitFor();
  });

  test('is rotated to another one, and back to a signing secret only if that is chosen', async () => {
    await signUp(at.page);
    const { pair, text } = await pairOf();
    await openCreation(at.page);
    await choose(OWN);
    await dialog().getByLabel('Public key').fill(text);
    await dialog().getByRole('button', { name: 'Create the key' }).click();
    const first = await shownKey();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().waitFor({ state: 'detached' });

    await openRotation();
    const rotate = dialog().getByRole('button', { name: 'Rotate' });
    expect(await dialog().getByLabel(OWN, { exact: true }).isChecked()).toBe(true);
    const sent: string[] = [];
    at.page.on('request', (request) => sent.push(request.url()));
    await rotate.click();
    await dialog().getByText('Paste everything that keyseal keygen prints').waitFor();
    expect(sent.filter((url) => url.includes('keys.rotate'))).toEqual([]);
    expect(await reasonOf(first, pair)).toBe('OK');
    const next = await pairOf();
    await dialog().getByLabel('Public key').fill(next.text);
    await expectGood(at.page, 'public-key-rotate');
    await rotate.click();
    await dialog().getByText('Your new API key is ready').waitFor();
    await dialog().getByText('After you close this, the key is not shown again.').waitFor();
    const second = await shownKey();
    expect(await reasonOf(second, next.pair)).toBe('OK');
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().waitFor({ state: 'detached' });

    await openRotation();
    await choose('A signing secret');
    await rotate.click();
    await dialog().getByText('Your new secrets are ready').waitFor();
    const apiKey = await shownKey();
    const signingSecret = await dialog().getByLabel('Signing secret', { exact: true }).innerText();
    const draft = sign(credentials(apiKey, signingSecret), '/api/exemple', {
      authority: at.service.authority,
    });
    expect((await send(at.service.port, draft)).status).toBe(200);
  });
});
