import { createPrivateKey } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { expectGood, openCreation, showSecrets, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Everything that a selection, a print or a search of the page would find, with its attributes. */
const CONTENT = 'document.documentElement.outerHTML + getSelection().toString()';

const WORDS = {
  en: {
    copy: 'Copy: ',
    call: 'The call in Go',
    apiKey: 'API key',
    signing: 'Signing secret',
    hide: 'Hide the secrets',
    mask: 'hidden',
  },
  fr: {
    copy: 'Copier\u00a0: ',
    call: 'L’appel en Go',
    apiKey: 'Clé d’API',
    signing: 'Secret de signature',
    hide: 'Masquer les secrets',
    mask: 'masqué',
  },
} as const;

requires('browser').describe('the secrets of a new key', () => {
  const { test } = requires('browser');
  const at = visited();
  const dialog = () => at.page.getByRole('dialog');
  const copied = () => at.page.evaluate<string>('navigator.clipboard.readText()');

  /** The secrets in the next response that has some. */
  async function madeBy(page: Page): Promise<{ readonly secret: string; readonly signingSecret: string }> {
    const response = await page.waitForResponse((made) => made.url().includes('keys.create'));
    const text = await response.text();
    const property = (name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? '';
    return { secret: property('secret'), signingSecret: property('signingSecret') };
  }

  for (const [language, words] of Object.entries(WORDS))
    test(`are masked until they are asked for, and copied all the same: in ${language}`, async () => {
      const { page } = at;
      await at.visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await signUp(page);
      await page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await page.goto('/keys?create=true');
      await dialog().locator('[name=key-name]').fill('Masked');
      const made = madeBy(page);
      await dialog().locator('button[type=submit]').click();
      const { secret, signingSecret } = await made;
      const field = (label: string) => dialog().getByLabel(label, { exact: true });
      await field(words.signing).waitFor();
      await page.locator('.hljs-string').first().waitFor();
      const isShown = async (text: string) => (await page.evaluate<string>(CONTENT)).includes(text);
      const [prefix = '', rest = ''] = [secret.slice(0, -38), secret.slice(-38)];

      // In the fields, in the call in each language, and on paper.
      for (const media of ['screen', 'print'] as const) {
        await page.emulateMedia({ media });
        for (const tab of ['curl', 'TypeScript', 'Python', 'Go']) {
          if (media === 'screen') await dialog().getByRole('tab', { name: tab }).click();
          await page.evaluate('getSelection().selectAllChildren(document.body)');
          expect([await isShown(rest), await isShown(signingSecret.slice(4))], tab).toEqual([false, false]);
        }
      }
      await page.emulateMedia({ media: 'screen' });
      // What is public about it is shown, and a screen reader hears what the rest is.
      expect(await field(words.apiKey).innerText()).toBe(`${prefix}${'•'.repeat(16)}`);
      expect(await field(words.signing).innerText()).toBe(`kss_${'•'.repeat(16)}`);
      expect(await field(words.apiKey).ariaSnapshot()).toContain(`img "${words.mask}"`);
      expect(await dialog().locator('pre').last().getByRole('img', { name: words.mask }).count()).toBe(2);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectGood(page, `reveal-masked-${language}`);

      const copy = (label: string) =>
        dialog()
          .getByRole('button', { name: `${words.copy}${label}`, exact: true })
          .click();
      await copy(words.apiKey);
      await expect.poll(copied).toBe(secret);
      await copy(words.signing);
      await expect.poll(copied).toBe(signingSecret);
      await copy(words.call);
      await expect.poll(copied).toContain(secret);
      expect(await copied()).toContain(signingSecret);

      await showSecrets(dialog());
      expect([await field(words.apiKey).innerText(), await field(words.signing).innerText()]).toEqual([
        secret,
        signingSecret,
      ]);
      expect(await dialog().locator('pre').last().innerText()).toContain(signingSecret);
      await dialog().getByRole('button', { name: words.hide }).click();
      expect([await isShown(rest), await isShown(signingSecret.slice(4))]).toEqual([false, false]);
    });

  test('include a private key that the page made', async () => {
    const { page } = at;
    await at.visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signUp(page);
    await openCreation(page);
    await dialog().getByLabel('A private key, made in this browser', { exact: true }).check();
    await dialog().getByRole('button', { name: 'Create the key' }).click();
    const field = dialog().getByLabel('Private key', { exact: true });
    expect(await field.innerText()).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n•{16}\n-----END PRIVATE KEY-----\n?$/,
    );
    await dialog().getByRole('button', { name: 'Copy: Private key' }).click();
    await expect.poll(copied).toContain('BEGIN PRIVATE KEY');
    const pem = await copied();
    expect(createPrivateKey(pem).type).toBe('private');
    expect(await page.evaluate<string>(CONTENT)).not.toContain(pem.split('\n')[1]);
  });
});
