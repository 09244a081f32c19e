import { vi } from 'vitest';
import { expectGood, PASSWORD, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { codeAt, STEP_MS } from '../../harness/second-factor.ts';

vi.setConfig({ testTimeout: 120_000 });

requires('browser').describe('a second factor in the console', () => {
  const { test } = requires('browser');
  const at = visited();

  const givePassword = async (title: string, code?: string) => {
    await at.page.getByRole('button', { name: title }).click();
    const dialog = at.page.getByRole('dialog', { name: title });
    await dialog.locator('input[name=current-password]').fill(PASSWORD);
    if (code !== undefined) await dialog.locator('input[name=code]').fill(code);
    await dialog.locator('button[type=submit]').click();
  };
  const passwordStep = async (email: string) => {
    await at.page.context().clearCookies();
    await at.page.evaluate(
      'indexedDB.databases().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)))',
    );
    await at.page.goto('/sign-in');
    await at.page.getByLabel('E-mail').fill(email);
    await at.page.locator('input[name=password]').fill(PASSWORD);
    await at.page.locator('button[type=submit]').click();
    await at.page.locator('input[name=code]').waitFor();
  };
  const giveCode = async (code: string) => {
    const form = at.page.locator('form').filter({ has: at.page.locator('input[name=code]') });
    await form.locator('input[name=code]').fill(code);
    await form.locator('button[type=submit]').click();
  };

  test('is set up, used with a code and a recovery code, and removed', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/profile');
    await givePassword('Set up an authenticator app');
    const setUp = at.page.getByRole('dialog').filter({ has: at.page.locator('input[name=code]') });
    await setUp.getByRole('img', { name: 'QR code' }).waitFor();
    const secret = await setUp.locator('pre').innerText();
    await expectGood(at.page, 'second-factor-set-up');
    await giveCode(codeAt(secret, Date.now()));
    const kept = at.page.getByRole('dialog', { name: 'Your recovery codes' });
    const [recovery = '', second = ''] = (await kept.locator('pre').innerText()).split('\n');
    await kept.getByRole('button', { name: 'I have saved them' }).click();
    await at.page.getByText('Recovery codes left: 10').waitFor();

    await passwordStep(email);
    await expectGood(at.page, 'second-factor-code');
    await giveCode('not a code');
    await at.page.getByText('This code is wrong').waitFor();
    // The set-up used the code of its step up; the next one is accepted early.
    await giveCode(codeAt(secret, Date.now() + STEP_MS));
    await at.page.waitForURL('/');

    await passwordStep(email);
    await giveCode(recovery);
    await at.page.waitForURL('/');
    await at.page.goto('/profile');
    await at.page.getByText('Recovery codes left: 9').waitFor();
    await givePassword('Remove the second factor', recovery);
    await at.page.getByText('The password or the code is wrong').waitFor();
    await at.page.keyboard.press('Escape');
    await givePassword('Remove the second factor', second);
    await at.page.getByRole('button', { name: 'Set up an authenticator app' }).waitFor();
  });
});
