import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import {
  leave,
  opened,
  picture,
  showSecrets,
  signUp,
  type Visitor,
  visit,
  WITH_MOTION,
} from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 180_000 });

const run = promisify(execFile);

/** What is read on the way, in each language. */
const WORDS = {
  'en-GB': {
    create: 'Create a key',
    name: /^Name/,
    send: 'Create the key',
    snippet: 'The call in curl',
    waiting: 'Waiting for your first call…',
    arrived: 'Your first call has arrived.',
    arrivedAgain: 'A call with the new secrets has arrived.',
    done: 'Done',
    actions: 'Actions for My first key',
    rotate: ['Rotate…', /^Not at all/, 'Rotate'],
    revoke: ['Revoke…', 'Type the name of the key to confirm', 'Revoke permanently', 'Revoked'],
  },
  'fr-FR': {
    create: 'Créer une clé',
    name: /^Nom/,
    send: 'Créer la clé',
    snippet: 'L’appel en curl',
    waiting: 'En attente de votre premier appel…',
    arrived: 'Votre premier appel est arrivé.',
    arrivedAgain: 'Un appel avec les nouveaux secrets est arrivé.',
    done: 'Terminé',
    actions: 'Actions pour My first key',
    rotate: ['Rotation…', /^Plus du tout/, 'Faire la rotation'],
    revoke: ['Révoquer…', 'Saisissez le nom de la clé pour confirmer', 'Révoquer définitivement', 'Révoquée'],
  },
} as const;

requires('browser', 'bash', 'curl', 'openssl').describe('the console from start to end', () => {
  const { test } = requires('browser', 'bash', 'curl', 'openssl');
  const at = opened();

  for (const [locale, colorScheme] of [
    ['en-GB', 'light'],
    ['fr-FR', 'dark'],
  ] as const) {
    test(`leads from sign-up to a call, a rotation and a revocation: ${locale}, ${colorScheme}`, async () => {
      const visitor = await visit(at.browser, at.service.url, { locale, colorScheme, ...WITH_MOTION });
      await walk(visitor, locale);
      await leave(visitor);
    });
  }

  async function walk({ page }: Visitor, locale: keyof typeof WORDS): Promise<void> {
    const words = WORDS[locale];
    const dialog = page.getByRole('dialog');
    await signUp(page);
    await page.getByRole('button', { name: words.create }).click();
    await dialog.getByLabel(words.name).fill('My first key');
    await dialog.getByRole('button', { name: words.send }).click();

    await page.getByText(words.waiting).waitFor();
    const first = await snippet(page, words.snippet);
    await picture(page, `reveal-${locale}`);
    expect(await paste(first)).toContain('HTTP/1.1 200');
    await page.getByText(words.arrived).waitFor();
    // The very same signature again would be a replay; pasted again it is signed again.
    expect(await paste(first)).toContain('HTTP/1.1 200');
    await page.getByRole('button', { name: words.done }).click();

    await page.getByRole('button', { name: words.actions }).click();
    const [rotate, now, sendRotate] = words.rotate;
    await page.getByRole('menuitem', { name: rotate }).click();
    await dialog.getByLabel(now).check();
    await dialog.getByRole('button', { name: sendRotate, exact: true }).click();
    const second = await snippet(page, words.snippet);
    expect(await paste(first)).toContain('KEY_INVALID');
    expect(await paste(second)).toContain('HTTP/1.1 200');
    await page.getByText(words.arrivedAgain).waitFor();
    await page.getByRole('button', { name: words.done }).click();
    await page.getByRole('row').filter({ hasText: 'My first key' }).getByText('3', { exact: true }).waitFor();
    await picture(page, `keys-${locale}`);

    await page.getByRole('button', { name: words.actions }).click();
    const [revoke, confirm, sendRevoke, revoked] = words.revoke;
    await page.getByRole('menuitem', { name: revoke }).click();
    await dialog.getByLabel(confirm).fill('My first key');
    await dialog.getByRole('button', { name: sendRevoke }).click();
    await page.getByRole('row').filter({ hasText: 'My first key' }).getByText(revoked).waitFor();
    expect(await paste(second)).toContain('KEY_REVOKED');
  }

  const snippet = async (page: Page, label: string) => {
    await showSecrets(page.getByRole('dialog'));
    return page.getByLabel(label, { exact: true }).innerText();
  };

  /** Runs what is on the page, as bash would on a terminal. */
  const paste = async (text: string) => (await run('bash', ['-c', text])).stdout;
});
