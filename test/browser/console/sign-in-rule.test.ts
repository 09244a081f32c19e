import { expect, vi } from 'vitest';
import {
  expectGood,
  fillFactorDialog,
  leave,
  opened,
  PASSWORD,
  signUp,
  visit,
} from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { setUpFactor } from '../../harness/second-factor.ts';
import { setRule } from '../../harness/sign-in-rule.ts';
import { newMember, signInAgain } from '../../harness/teams.ts';

vi.setConfig({ testTimeout: 120_000 });

const WORDS = {
  'en-GB': {
    rule: 'Members must use a second factor',
    save: 'Save the rule',
    unmet: 'This workspace requires a different sign-in',
    setUp: 'Set up an authenticator app',
    continue: 'Continue',
    refused: 'its rule requires a different sign-in',
  },
  'fr-FR': {
    rule: 'Les membres doivent utiliser un second facteur',
    save: 'Enregistrer la règle',
    unmet: 'Cet espace de travail exige une autre connexion',
    setUp: 'Configurer une application d’authentification',
    continue: 'Continuer',
    refused: 'sa règle',
  },
} as const;

requires('browser').describe('the rule for signing in, in the console', () => {
  const { test } = requires('browser');
  const at = opened();

  for (const locale of ['en-GB', 'fr-FR'] as const) {
    test(`is refused to an owner who does not meet it, and leads a member through a set-up: ${locale}`, async () => {
      const words = WORDS[locale];
      const visitor = await visit(at.browser, at.service.url, { locale });
      const { page } = visitor;
      const email = await signUp(page);
      await page.goto('/workspace');
      await page.getByLabel(words.rule).check();
      await expectGood(page, `sign-in-rule-${locale}`);
      await page.getByRole('button', { name: words.save }).click();
      await page.getByRole('alert').getByText('SIGN_IN_RULE').waitFor();

      // Another owner, who has a second factor, sets it.
      const me = await signInAgain(at.service, { email, password: PASSWORD });
      const other = await newMember(at.service, me, 'owner');
      await setUpFactor(at.service, other);
      expect((await setRule(at.service, other, { secondFactor: true })).status).toBe(200);
      await page.goto('/keys');
      await page.getByText(words.unmet).waitFor();
      await expectGood(page, `sign-in-rule-unmet-${locale}`);

      await page.getByRole('button', { name: words.setUp }).click();
      const dialog = page.getByRole('dialog');
      await fillFactorDialog(dialog);
      // Ten recovery codes, which stay until the person has kept them.
      await expect.poll(async () => (await dialog.locator('pre').innerText()).split('\n').length).toBe(10);
      await dialog.locator('button:not([aria-label])').click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: words.continue, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText(words.unmet).waitFor({ state: 'hidden' });
      await leave(visitor, at.service);
    });
  }

  test('is set by an owner who meets it', async () => {
    const visitor = await visit(at.browser, at.service.url);
    const { page } = visitor;
    await signUp(page);
    await page.goto('/profile');
    await page.getByRole('button', { name: WORDS['en-GB'].setUp }).click();
    const dialog = page.getByRole('dialog');
    await fillFactorDialog(dialog);
    await dialog.getByRole('button', { name: 'I have saved them' }).click();
    await page.goto('/workspace');
    await page.getByLabel(WORDS['en-GB'].rule).check();
    await page.getByRole('button', { name: WORDS['en-GB'].save }).click();
    await page.getByText('The rule is saved.').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel(WORDS['en-GB'].rule).isChecked()).toBe(true);
    await leave(visitor, at.service);
  });
});
