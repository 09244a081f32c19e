import { eq } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { sessions, users } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { expectGood, leave, opened, PASSWORD, signUp, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { codeAt, STEP_MS } from '../../harness/second-factor.ts';
import { ageProof } from '../../harness/step-up.ts';

vi.setConfig({ testTimeout: 120_000 });

const WORDS = {
  'en-GB': {
    create: 'Create a key',
    live: 'Live',
    name: /^Name/,
    send: 'Create the key',
    title: 'Confirm who you are',
    confirm: 'Confirm',
    wrong: 'This is not your current password.',
    ready: 'Your key is ready',
    refused: 'must first prove again who they are',
  },
  'fr-FR': {
    create: 'Créer une clé',
    live: 'Production',
    name: /^Nom/,
    send: 'Créer la clé',
    title: 'Confirmez votre identité',
    confirm: 'Confirmer',
    wrong: 'Ce n’est pas votre mot de passe actuel.',
    ready: 'Votre clé est prête',
    refused: 'il doit d’abord prouver à nouveau son identité',
  },
} as const;
type Locale = keyof typeof WORDS;

requires('browser').describe('a dangerous change in the console', () => {
  const { test } = requires('browser');
  const at = opened();
  const db = () => at.service.running.service.stores.database.db;

  /** Makes the proofs of all sessions of a person too old. */
  const age = async (email: string) => {
    const rows = await db()
      .select({ id: sessions.id })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(users.email, email));
    for (const row of rows) await ageProof(at.service, row);
  };
  const keysNamed = async (name: string) => {
    const rows = await db().select().from(keys).where(eq(keys.name, name));
    return rows.map(({ environment }) => environment);
  };

  async function fillForm(page: Page, locale: Locale, name: string) {
    const words = WORDS[locale];
    await page.getByRole('main').getByRole('button', { name: words.create }).first().click();
    const form = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: words.send }) });
    await form.getByLabel(words.name).fill(name);
    await form.getByText(words.live, { exact: true }).click();
    return form;
  }

  for (const locale of ['en-GB', 'fr-FR'] as const) {
    test(`asks for the password, and continues with the form as it was: ${locale}`, async () => {
      const words = WORDS[locale];
      const visitor = await visit(at.browser, at.service.url, { locale });
      const { page } = visitor;
      const email = await signUp(page);
      await age(email);
      const name = `Live ${locale}`;
      const form = await fillForm(page, locale, name);
      await form.getByRole('button', { name: words.send }).click();

      const dialog = page.getByRole('dialog', { name: words.title });
      const password = dialog.locator('input[name=current-password]');
      await password.waitFor();
      await expectGood(page, `step-up-${locale}`);
      // Only this dialog closes: the form behind it says what is missing, and keeps its input.
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await form.getByText(words.refused).waitFor();
      expect(await form.getByLabel(words.name).inputValue()).toBe(name);

      await form.getByRole('button', { name: words.send }).click();
      await password.fill('not the password');
      await dialog.getByRole('button', { name: words.confirm }).click();
      await dialog.getByText(words.wrong).waitFor();
      expect(await keysNamed(name)).toEqual([]);
      await password.fill(PASSWORD);
      await dialog.getByRole('button', { name: words.confirm }).click();
      await page.getByText(words.ready).waitFor();
      expect(await keysNamed(name)).toEqual(['live']);
      await leave(visitor, at.service);
    });
  }

  test('asks for a code too if the account has a second factor', async () => {
    const visitor = await visit(at.browser, at.service.url);
    const { page } = visitor;
    const email = await signUp(page);
    await page.goto('/profile');
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.locator('input[name=current-password]').last().fill(PASSWORD);
    await page.getByRole('dialog').locator('button[type=submit]').click();
    const setUp = page.getByRole('dialog').filter({ has: page.getByRole('img', { name: 'QR code' }) });
    const secret = await setUp.locator('pre').innerText();
    await setUp.locator('input[name=code]').fill(codeAt(secret, Date.now()));
    await setUp.locator('button[type=submit]').click();
    const kept = page.getByRole('dialog', { name: 'Your recovery codes' });
    await kept.getByRole('button', { name: 'I have saved them' }).click();
    await kept.waitFor({ state: 'hidden' });

    await age(email);
    await page.goto('/keys');
    const form = await fillForm(page, 'en-GB', 'With a code');
    await form.getByRole('button', { name: 'Create the key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confirm who you are' });
    const code = dialog.locator('input[name=code]');
    await code.waitFor();
    await expectGood(page, 'step-up-code');
    await dialog.locator('input[name=current-password]').fill(PASSWORD);
    await code.fill('not a code');
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
    await dialog.getByText('The password or the code is wrong').waitFor();
    await code.fill(codeAt(secret, Date.now() + STEP_MS));
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText('Your key is ready').waitFor();
    expect(await keysNamed('With a code')).toEqual(['live']);
    await leave(visitor, at.service);
  });
});
