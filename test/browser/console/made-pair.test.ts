import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page, Request, Route } from 'playwright-core';
import { expect, vi } from 'vitest';
import { clientOf, expectGood, openCreation, showSecrets, signUp, visited } from '../../harness/console.ts';
import { signerOf, signStandard } from '../../harness/http-signature.ts';
import { KEPT_IN_DATABASES } from '../../harness/kept-in-page.ts';
import { registrationOf } from '../../harness/public-keys.ts';
import { requires } from '../../harness/requires.ts';
import { send } from '../../harness/wire.ts';

vi.setConfig({ testTimeout: 240_000 });

/** A browser that has no Ed25519, as some do. */
const WITHOUT_ED25519 = `{
  const generate = crypto.subtle.generateKey.bind(crypto.subtle);
  crypto.subtle.generateKey = (algorithm, ...more) => algorithm === 'Ed25519'
    ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
    : generate(algorithm, ...more);
}`;
/** Everything that the page keeps beyond itself and its databases. */
const KEPT =
  'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href, document.cookie])';

/** Each language with what its pages say. */
const WORDS = {
  en: {
    create: /^Create/,
    name: 'Name',
    more: 'More options',
    send: 'Create the key',
    made: 'A private key, made in this browser',
    ready: 'Your key is ready',
    apiKey: 'API key',
    privateKey: 'Private key',
    download: 'Download the private key',
    done: 'Done',
    closed: 'the key and its private key are not shown again',
    actions: /^Actions for/,
    rotate: 'Rotate…',
    rotateNow: 'Rotate',
    rotated: 'Your new key pair is ready',
    arrived: 'Your first call has arrived',
  },
  fr: {
    create: /^Créer/,
    name: 'Nom',
    more: 'Plus d’options',
    send: 'Créer la clé',
    made: 'Une clé privée, créée dans ce navigateur',
    ready: 'Votre clé est prête',
    apiKey: 'Clé d’API',
    privateKey: 'Clé privée',
    download: 'Télécharger la clé privée',
    done: 'Terminé',
    closed: 'la clé et sa clé privée ne seront plus affichées',
    actions: /^Actions pour/,
    rotate: 'Rotation…',
    rotateNow: 'Faire la rotation',
    rotated: 'Votre nouvelle paire de clés est prête',
    arrived: 'Votre premier appel est arrivé',
  },
} as const;

requires('browser').describe('a key pair that the console makes', () => {
  const { test } = requires('browser');
  const at = visited();
  const dialog = () => at.page.getByRole('dialog');

  /** Sends the form for a key with a key pair that the page made, and again after a failure. @returns its button */
  async function createTwice() {
    await openCreation(at.page);
    await dialog().getByLabel(WORDS.en.made, { exact: true }).check();
    const submit = dialog().getByRole('button', { name: 'Create the key' });
    await submit.click();
    await dialog().getByRole('alert').waitFor();
    await submit.click();
    return submit;
  }

  /** All that the page sends: URLs, headers and bodies. */
  function recorded(page: Page): () => Promise<string> {
    const requests: Request[] = [];
    page.on('request', (request) => requests.push(request));
    const textOf = async (request: Request) =>
      `${request.url()}\n${JSON.stringify(await request.allHeaders())}\n${request.postData() ?? ''}`;
    return async () => (await Promise.all(requests.map(textOf))).join('\n');
  }

  /** Every encoding in which a string could contain a private key. */
  function formsOf(pem: string): string[] {
    const key = createPrivateKey(pem);
    const d = String(key.export({ format: 'jwk' }).d);
    const bytes = Buffer.from(d, 'base64url');
    const der = key.export({ format: 'der', type: 'pkcs8' });
    const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    return [d, bytes.toString('base64'), bytes.toString('hex'), der.toString('hex'), ...lines, 'PRIVATE KEY'];
  }

  const reasonOf = async (apiKey: string, pem: string) => {
    const key = createPrivateKey(pem);
    const sign = key.asymmetricKeyType === 'ec' ? signerOf(key, 'sha256') : signerOf(key);
    const who = { id: apiKey.split('_')[2] ?? '', apiKey, signingSecret: '' };
    const draft = signStandard(who, '/api/exemple', { authority: at.service.authority, sign });
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };

  for (const [language, type] of [
    ['en', 'ed25519'],
    ['fr', 'ec'],
  ] as const) {
    test(`signs, and only its public key leaves the page: in ${language}, with ${type}`, async () => {
      const { page } = at;
      const words = WORDS[language];
      if (type === 'ec') await page.addInitScript(WITHOUT_ED25519);
      await signUp(page);
      await page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await page.goto('/keys');
      const sent = recorded(page);
      const shown = (label: string) => dialog().getByLabel(label, { exact: true }).innerText();
      const revealed = async () => {
        await showSecrets(dialog());
        return [await shown(words.apiKey), await shown(words.privateKey)] as const;
      };

      await page.getByRole('main').getByRole('button', { name: words.create }).first().click();
      await dialog().getByLabel(words.name).fill('Shop');
      await dialog().getByRole('button', { name: words.more }).click();
      await dialog().getByLabel(words.made, { exact: true }).check();
      await dialog().getByRole('button', { name: words.send }).click();
      await dialog().getByText(words.ready).waitFor();
      const [apiKey, pem] = await revealed();
      expect(createPrivateKey(pem).asymmetricKeyType).toBe(type);
      await expectGood(page, `made-pair-${language}`);
      const download = page.waitForEvent('download');
      await dialog().getByRole('link', { name: words.download }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(`keyseal-${apiKey.split('_')[2]}.pem`);
      expect(await readFile(await file.path(), 'utf8')).toBe(`${pem.trim()}\n`);
      expect(await reasonOf(apiKey, pem)).toBe('OK');
      await dialog().getByText(words.arrived).waitFor();
      await dialog().getByText(words.closed).waitFor();
      await dialog().getByRole('button', { name: words.done }).click();
      await dialog().waitFor({ state: 'detached' });

      await page.getByRole('button', { name: words.actions }).click();
      await page.getByRole('menuitem', { name: words.rotate }).click();
      // The key already has such a key pair, so no other is asked for.
      expect(await dialog().getByLabel(words.made, { exact: true }).isChecked()).toBe(true);
      await dialog().getByRole('button', { name: words.rotateNow, exact: true }).click();
      await dialog().getByText(words.rotated).waitFor();
      const [nextKey, nextPem] = await revealed();
      expect(nextPem).not.toBe(pem);
      expect(await reasonOf(nextKey, nextPem)).toBe('OK');
      expect(await reasonOf(nextKey, pem)).toBe('SIGNATURE_INVALID');

      const everything = await sent();
      const kept = `${await page.evaluate(KEPT)}${await page.evaluate(KEPT_IN_DATABASES)}`;
      // The record is one of the calls that were made.
      expect(everything).toContain('"publicKey"');
      for (const form of [...formsOf(pem), ...formsOf(nextPem)]) {
        expect(everything).not.toContain(form);
        expect(kept).not.toContain(form);
      }
    });
  }

  test('is not shown again by a reload or Back, before which the page asks', async () => {
    const { page } = at;
    await signUp(page);
    await page.goto('/sessions');
    await page.getByRole('link', { name: 'API keys' }).first().click();
    await openCreation(page);
    await dialog().getByLabel(WORDS.en.made, { exact: true }).check();
    await dialog().getByRole('button', { name: 'Create the key' }).click();
    const key = dialog().getByLabel('Private key', { exact: true });
    await key.waitFor();
    const asked: string[] = [];
    let accepts = false;
    page.on('dialog', (question) => {
      asked.push(question.message());
      void (accepts ? question.accept() : question.dismiss());
    });
    await page.evaluate('history.back()');
    await expect
      .poll(() => asked)
      .toEqual(['This key and its private key cannot be shown again. Close anyway?']);
    expect(await key.innerText()).toContain('BEGIN PRIVATE KEY');
    accepts = true;
    await page.reload();
    await page.getByRole('main').getByText('Shop').first().waitFor();
    expect(asked).toHaveLength(2);
    await page.goBack();
    await page.goForward();
    await page.getByRole('main').getByText('Shop').first().waitFor();
    expect(await page.content()).not.toContain('PRIVATE KEY');
  });

  test('stays the same if its creation is sent again, also after a refusal of something else', async () => {
    const { page } = at;
    await signUp(page);
    const bodies: string[] = [];
    const data = { code: 'TOO_MANY_REQUESTS', httpStatus: 429, reason: 'RATE_LIMITED', requestId: 'req_1' };
    const answers: ((route: Route) => Promise<void>)[] = [
      (route) => route.abort(),
      (route) => route.fulfill({ status: 429, json: { error: { message: 'Later.', code: -32029, data } } }),
    ];
    await page.route(/\/api\/keys\.create/, async (route) => {
      bodies.push(route.request().postData() ?? '');
      await (answers.shift() ?? ((last: Route) => last.continue()))(route);
    });
    const submit = await createTwice();
    await expect.poll(() => bodies.length).toBe(2);
    await dialog().getByRole('alert').waitFor();
    await submit.click();
    await dialog().getByText('Your key is ready').waitFor();
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  test('is replaced by a new one if the response of its creation is lost', async () => {
    const { page } = at;
    await signUp(page);
    let lost = 0;
    await page.route(/\/api\/keys\.create/, async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await createTwice();
    await dialog().getByText('with a new private key that this page makes').waitFor();
    await expectGood(page, 'made-pair-lost');
    await dialog().getByRole('button', { name: 'Rotate, with a new private key' }).click();
    await showSecrets(dialog());
    const pem = await dialog().getByLabel('Private key', { exact: true }).innerText();
    const apiKey = await dialog().getByLabel('API key', { exact: true }).innerText();
    expect(await reasonOf(apiKey, pem)).toBe('OK');
  });

  requires('browser').describe('of a key that may have leaked', () => {
    /** Opens the page for a key whose key pair was made elsewhere. @returns that pair, and its API key */
    async function openLeak() {
      const email = await signUp(at.page);
      const pair = generateKeyPairSync('ed25519');
      const client = await clientOf(at.service, email);
      const { key, secret } = await client.keys.create.mutate({
        name: 'Shop',
        environment: 'test',
        permissions: ['exemple:read'],
        ...((await registrationOf(at.service, pair)) as {
          publicKey: Record<string, unknown>;
          proof: string;
        }),
      });
      await at.page.goto(`/keys/${key.id}`);
      await at.page.getByRole('button', { name: 'Report a leak…' }).click();
      await dialog().getByText('The current API key and private key stop working immediately.').waitFor();
      const old = String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
      return { old, secret: secret ?? '', rotate: dialog().getByRole('button', { name: 'Rotate now' }) };
    }

    /** The key pair that the dialog shows signs, and the next rotation offers to make another one here. */
    async function expectRemembered() {
      await showSecrets(dialog());
      const pem = await dialog().getByLabel('Private key', { exact: true }).innerText();
      const apiKey = await dialog().getByLabel('API key', { exact: true }).innerText();
      expect(await reasonOf(apiKey, pem)).toBe('OK');
      await dialog().getByRole('button', { name: 'Done' }).click();
      await dialog().waitFor({ state: 'detached' });
      await at.page.getByRole('button', { name: WORDS.en.actions }).click();
      await at.page.getByRole('menuitem', { name: WORDS.en.rotate }).click();
      expect(await dialog().getByLabel(WORDS.en.made, { exact: true }).isChecked()).toBe(true);
    }

    test('replaces the old one, and is offered by the next rotation', async () => {
      const { old, secret, rotate } = await openLeak();
      await rotate.click();
      await dialog().getByText('The old API key and private key no longer work.').waitFor();
      expect(await reasonOf(secret, old)).toBe('KEY_INVALID');
      await expectRemembered();
    });

    test('stays the same if the request is lost, and is a new one if the response is', async () => {
      const { page } = at;
      const { rotate } = await openLeak();
      const bodies: string[] = [];
      const answers: ((route: Route) => Promise<void>)[] = [
        (route) => route.abort(),
        async (route) => {
          await route.fetch();
          await route.abort();
        },
      ];
      await page.route(/\/api\/keys\.rotate/, async (route) => {
        bodies.push(route.request().postData() ?? '');
        await (answers.shift() ?? ((last: Route) => last.continue()))(route);
      });
      for (const sent of [1, 2, 3]) {
        await rotate.click();
        await expect.poll(() => bodies.length).toBe(sent);
        await dialog().getByRole('alert').waitFor();
      }
      expect(new Set(bodies).size).toBe(1);
      await dialog().getByRole('button', { name: 'Rotate again' }).click();
      await rotate.click();
      await dialog().getByText('The old API key and private key no longer work.').waitFor();
      expect(bodies[3]).not.toBe(bodies[0]);
      await expectRemembered();
    });
  });
});
