import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { closeContexts, launch } from '../../harness/browser.ts';
import { PASSWORD, signIn, signUp, type Visitor } from '../../harness/console.ts';
import { leaveWithProvider, passProvider, visitWithProvider } from '../../harness/console-provider.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../../harness/oidc-issuer.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService, type TestService } from '../../harness/service.ts';

requires('browser').describe('the console with an identity provider', () => {
  const { test } = requires('browser');
  const people = {
    ada: { email: 'ada@company.example', email_verified: true, name: 'Ada Lovelace' },
    grace: { email: 'grace@company.example', email_verified: true, name: 'Grace Hopper' },
  };
  let provider: OidcIssuer;
  let service: TestService;
  let browser: Awaited<ReturnType<typeof launch>>;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people });
    const entry = {
      name: 'company',
      issuer: provider.issuer,
      ...SIGN_IN_CLIENT,
      signIn: true,
      endSession: true,
    };
    const env = { KEYSEAL_ISSUERS: JSON.stringify([{ ...entry, title: 'Example & "Company"' }]) };
    service = await startTestService({ env });
    browser = await launch();
  });
  afterAll(async () => {
    await closeContexts(browser);
    await service.stop();
    await provider.stop();
  });

  const visitor = (options: BrowserContextOptions = {}) => visitWithProvider(browser, service.url, options);
  const left = (visitor: Visitor) => leaveWithProvider(visitor, provider);

  async function signedInAtProvider() {
    const guest = await visitor();
    const { page } = guest;
    const button = page.getByRole('button', { name: 'Sign in with Example & "Company"', exact: true });
    await page.goto('/sign-in');
    await button.click();
    await passProvider(guest, 'ada');
    await page.waitForURL('/');
    return { guest, page, button };
  }

  for (const [locale, button] of [
    ['en-GB', 'Sign in with Example & "Company"'],
    ['fr-FR', 'Se connecter avec Example & "Company"'],
  ] as const) {
    test(`signs a person in, in ${locale}, and returns to the page that they opened`, async () => {
      const guest = await visitor({ locale });
      await guest.page.goto('/audit');
      await guest.page.waitForURL('**/sign-in?next=%2Faudit');
      await guest.page.getByRole('button', { name: button }).click();
      await passProvider(guest, 'ada');
      await guest.page.waitForURL('**/audit');
      await guest.page.goto('/profile');
      await guest.page.locator('input[value="ada@company.example"]').first().waitFor();
      await left(guest);
    });
  }

  test('lets a person link it by password, sign in with it, and unlink it', async () => {
    const guest = await visitor();
    const { page } = guest;
    const email = await signUp(page, 'grace@elsewhere.example');
    await page.goto('/profile');
    await page.getByRole('button', { name: 'Link Example' }).click();
    await page.getByRole('dialog').locator('input[name=current-password]').fill('not mine at all');
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await page.getByRole('dialog').getByText('This is not your current password.').waitFor();
    await page.getByRole('dialog').locator('input[name=current-password]').fill(PASSWORD);
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await passProvider(guest, 'grace');
    await page.waitForURL('**/profile');
    await page.getByRole('button', { name: 'Unlink Example' }).waitFor();
    await left(guest);

    const other = await visitor();
    await other.page.goto('/sign-in');
    await other.page.getByRole('button', { name: 'Sign in with Example' }).click();
    await passProvider(other, 'grace');
    await other.page.waitForURL('/');
    await other.page.goto('/profile');
    await other.page.locator(`input[value="${email}"]`).first().waitFor();
    await other.page.getByRole('button', { name: 'Unlink Example' }).click();
    await other.page.getByRole('dialog').locator('input[name=current-password]').fill(PASSWORD);
    await other.page.getByRole('dialog').locator('button[type=submit]').click();
    // The session began with that identity, and ends with it.
    await other.page.getByText('Your session has ended').waitFor();
    await left(other);
  });

  test('refuses an address that already has an account, and says what to do', async () => {
    const guest = await visitor();
    await signUp(guest.page, 'taken@company.example');
    await left(guest);
    Object.assign(people, { namesake: { email: 'taken@company.example', email_verified: true } });
    const other = await visitor();
    await other.page.goto('/sign-in');
    await other.page.getByRole('button', { name: 'Sign in with Example' }).click();
    await passProvider(other, 'namesake');
    await other.page.getByText('sign in with its password, and link the provider').waitFor();
    expect(new URL(other.page.url()).search).toBe('');
    await signIn(other.page, 'taken@company.example');
    await left(other);
  });

  test('ignores an answer that this browser did not request', async () => {
    const guest = await visitor();
    await guest.page.goto('/sign-in/callback/company?code=theirs&state=theirs');
    await guest.page.getByText('SIGN_IN_INVALID').waitFor();
    expect(new URL(guest.page.url()).search).toBe('');
    await left(guest);
  });

  test('signs a person out at the provider too, which returns to the sign-in page', async () => {
    provider.returnTo(`${service.url}/sign-in`);
    const { guest, page, button } = await signedInAtProvider();
    await page.getByRole('button', { name: 'Account: ada@company.example', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
    await page.getByRole('button', { name: 'Yes, sign me out', exact: true }).click();
    await page
      .getByText('You are signed out, here and at your identity provider.', { exact: true })
      .waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    // It says so once, and the provider asks who they are.
    await page.reload();
    await button.waitFor();
    expect(await page.getByText('You are signed out, here', { exact: false }).count()).toBe(0);
    await button.click();
    await passProvider(guest, 'ada');
    await page.waitForURL('/');
    await left(guest);
  });

  test('asks a person to sign in again who signed out at the provider in the meantime', async () => {
    provider.notifyAt(`${service.url}/backchannel-logout`, true);
    const { guest, page, button } = await signedInAtProvider();
    await page.goto(`${provider.issuer}/session/end`);
    await page.getByRole('button', { name: 'Yes, sign me out', exact: true }).click();
    await page.waitForURL('**/session/end/success');
    await page.goto('/team');
    await page.waitForURL('**/sign-in?next=%2Fteam');
    await button.click();
    await passProvider(guest, 'ada');
    await page.waitForURL('**/team');
    await left(guest);
  });
});
