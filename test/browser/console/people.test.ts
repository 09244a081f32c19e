import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, vi } from 'vitest';
import { launch } from '../../harness/browser.ts';
import { expectGood, PASSWORD, signUp, type Visitor, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startEmptyService, startTestService, type TestService } from '../../harness/service.ts';

vi.setConfig({ testTimeout: 120_000 });

const ANOTHER = 'another horse battery';

requires('browser').describe('people in the console', () => {
  const { test } = requires('browser');
  let service: TestService;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    service = await startTestService();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });
  beforeEach(async () => {
    visitor = await visit(browser, service.url);
    page = visitor.page;
  });
  afterEach(async () => {
    expect([visitor.complaints, visitor.elsewhere]).toEqual([[], []]);
    await visitor.context.close();
  });

  const submit = (on = page) => on.locator('button[type=submit]').click();
  const fillPassword = (password: string, on = page) => on.locator('input[name=password]').fill(password);

  async function signIn(on: Page, email: string, password = PASSWORD): Promise<void> {
    await on.goto('/sign-in');
    await on.getByLabel('E-mail').fill(email);
    await fillPassword(password, on);
    await submit(on);
    await on.waitForURL('**/keys');
  }

  test('the first account is made with the set-up token, and then the door is closed', async () => {
    const empty = await startEmptyService({
      KEYSEAL_SIGN_UP: 'first',
      KEYSEAL_SETUP_TOKEN: 'the set-up token',
    });
    onTestFinished(() => empty.stop());
    const first = await visit(browser, empty.url);
    onTestFinished(() => first.context.close());
    await first.page.goto('/');
    await first.page.getByRole('link', { name: 'Create the first account' }).click();
    await first.page.getByLabel('Set-up token').fill('a guess');
    await first.page.getByLabel('E-mail').fill('first@example.com');
    await fillPassword(PASSWORD, first.page);
    await submit(first.page);
    await first.page.getByText('This set-up token is not right').waitFor();
    await first.page.getByLabel('Set-up token').fill('the set-up token');
    await submit(first.page);
    await first.page.waitForURL('**/keys');
    const late = await visit(browser, empty.url);
    onTestFinished(() => late.context.close());
    await late.page.goto('/sign-up');
    await late.page.getByRole('heading', { name: 'Sign-up is closed' }).waitFor();
  });

  test('somebody is invited by a link, gets a role, a link for the password, and is removed', async () => {
    await signUp(page);
    await page.goto('/team');
    await page.getByLabel('E-mail').fill('not an address');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByText('An e-mail address, such as').waitFor();
    await page.getByLabel('E-mail').fill('guest@example.com');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByRole('dialog').locator('code').innerText();
    expect(new URL(link).pathname).toBe('/invitation');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'guest@example.com', exact: true }).waitFor();

    const guest = await visit(browser, service.url);
    onTestFinished(() => guest.context.close());
    await guest.page.goto(link);
    // The token is in no history.
    await guest.page.getByLabel('E-mail').fill('guest@example.com');
    expect(guest.page.url()).toBe(`${service.url}/invitation`);
    await guest.page.getByLabel('Name').fill('<b>Guest</b> \u202Eabc');
    await fillPassword(PASSWORD, guest.page);
    await submit(guest.page);
    await guest.page.waitForURL('**/keys');
    await guest.page.goto('/team');
    // A developer manages nobody.
    await guest.page.getByRole('heading', { name: 'Members' }).waitFor();
    expect(await guest.page.getByRole('combobox').count()).toBe(0);

    await page.reload();
    const row = page.getByRole('row').filter({ hasText: 'guest@example.com' });
    await row.getByText('<b>Guest</b> \u202Eabc').waitFor();
    await row.getByRole('combobox').selectOption('viewer');
    await expect.poll(() => row.getByRole('combobox').inputValue()).toBe('viewer');
    await row.getByRole('button', { name: /Make a link/ }).click();
    const reset = await page.getByRole('dialog').locator('code').innerText();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await guest.page.goto(reset);
    await fillPassword(ANOTHER, guest.page);
    await submit(guest.page);
    await guest.page.getByText('Your password is set.').waitFor();
    await signIn(guest.page, 'guest@example.com', ANOTHER);

    await row.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await guest.page.goto('/usage');
    await guest.page.getByText('You are not in this workspace any more').waitFor();
    await guest.page.getByLabel('Name').fill('My own');
    await guest.page.getByRole('button', { name: 'Create the workspace' }).click();
    await guest.page.getByRole('button', { name: /My own/ }).waitFor();
    expect(guest.complaints).toEqual([]);
  });

  test('a session that ends while a form is open leaves the form, for the same person', async () => {
    const email = await signUp(page);
    await page.goto('/team');
    await page.getByLabel('E-mail').fill('half-written@example.com');
    const elsewhere = await visit(browser, service.url);
    onTestFinished(() => elsewhere.context.close());
    await signIn(elsewhere.page, email);
    await elsewhere.page.goto('/sessions');
    await elsewhere.page.getByRole('button', { name: 'End all others' }).click();
    await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
    await elsewhere.page.getByText('You are signed in nowhere else.').waitFor();

    await page.getByRole('button', { name: 'Make the link' }).click();
    const door = page.getByRole('dialog').filter({ hasText: 'Your session has ended' });
    await door.locator('input[name=password]').fill(PASSWORD);
    await door.getByRole('button', { name: 'Sign in' }).click();
    await door.waitFor({ state: 'detached' });
    expect(await page.getByLabel('E-mail').inputValue()).toBe('half-written@example.com');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByRole('dialog').getByText('half-written@example.com').waitFor();
  });

  test('a person changes their name, password and language, and deletes their account', async () => {
    const email = await signUp(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/profile');
    await page.getByLabel('Name').fill('Ada 👩🏽‍💻');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await expectGood(page, 'profile');
    await page.getByLabel('Current password').fill('wrong');
    await page.getByLabel('New password').fill(ANOTHER);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('This is not your current password.').waitFor();
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed.').waitFor();
    await page.getByText('Français').click();
    await page.getByRole('heading', { name: 'Profil' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('fr');
    await page.goto('/sessions');
    await page.getByText('celle-ci').waitFor();
    await expectGood(page, 'sessions');
    await page.goto('/team');
    await page.getByRole('heading', { name: 'Équipe' }).waitFor();
    await page.getByRole('cell', { name: /Ada/ }).waitFor();
    await expectGood(page, 'team');
    await page.goto('/profile');
    await page.getByRole('button', { name: 'Supprimer le compte' }).click();
    await page.getByRole('dialog').getByLabel('Mot de passe actuel').fill(ANOTHER);
    await page.getByRole('dialog').getByRole('button', { name: 'Supprimer le compte' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByLabel('Adresse e-mail').fill(email);
    await fillPassword(ANOTHER);
    await submit();
    await page.getByText("Aucun compte n'a cette adresse").waitFor();
  });
});
