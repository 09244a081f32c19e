import type { CDPSession, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { expectGood, leave, opened, PASSWORD, signUp, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What the tests press and read, as the pages show it. */
const TEXTS = {
  'en-GB': {
    ...{ account: 'Account', signOut: 'Sign out', signIn: 'Sign in with a passkey', add: 'Add a passkey' },
    ...{ save: 'Save', rename: 'Rename', remove: 'Remove', name: 'Name of the passkey' },
    refused: 'This passkey is not accepted',
    notMade: 'No passkey was added',
  },
  'fr-FR': {
    ...{ account: 'Compte', signOut: 'Se déconnecter', signIn: 'Se connecter avec une clé d’accès' },
    ...{ add: 'Ajouter une clé d’accès', save: 'Enregistrer', rename: 'Renommer', remove: 'Supprimer' },
    name: 'Nom de la clé d’accès',
    refused: 'Cette clé d’accès n’est pas acceptée',
    notMade: 'Aucune clé d’accès n’a été ajoutée',
  },
} as const;
type Texts = (typeof TEXTS)[keyof typeof TEXTS];

/** A browser that offers no passkeys in autofill: its device would answer such an offer before the test presses the button. */
const NO_AUTOFILL = 'PublicKeyCredential.isConditionalMediationAvailable = async () => false';

const button = (name: string) => ['button', { name, exact: true }] as const;

/** A virtual authenticator with passkeys, whose user confirms by fingerprint. */
async function addDevice(
  page: Page,
): Promise<{ readonly cdp: CDPSession; readonly authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, authenticatorId };
}

/** Adds a passkey in the profile, under the name `Work`. */
async function addPasskey(page: Page, texts: Texts): Promise<void> {
  await page.goto('/profile');
  await page.getByRole(...button(texts.add)).click();
  const dialog = page.getByRole('dialog', { name: texts.add });
  await dialog.locator('input[name=current-password]').fill(PASSWORD);
  await dialog.locator('button[type=submit]').click();
  const naming = page.getByRole('dialog', { name: texts.name });
  const field = naming.locator('input[name=passkey-name]');
  expect(await field.inputValue()).toBe('Chromium, Linux');
  await field.fill('Work');
  await naming.getByRole(...button(texts.save)).click();
  await naming.waitFor({ state: 'detached' });
  await page.getByRole(...button(`${texts.rename} Work`)).waitFor();
}

async function signOut(page: Page, texts: Texts): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${texts.account}\\s?: `) }).click();
  await page.getByRole('menuitem', { name: texts.signOut, exact: true }).click();
  await page.waitForURL('**/sign-in');
}

requires('browser').describe('passkeys in the console', () => {
  const { test } = requires('browser');
  const at = opened();

  for (const [locale, texts] of Object.entries(TEXTS)) {
    test(`are added, used, removed and then refused, in ${locale}`, async () => {
      const visitor = await visit(at.browser, at.service.url, { locale });
      const { page } = visitor;
      await page.addInitScript(NO_AUTOFILL);
      await signUp(page, `passkey-${locale.toLowerCase()}@example.com`);
      const { cdp, authenticatorId } = await addDevice(page);
      await addPasskey(page, texts);
      await expectGood(page, `passkeys-${locale}`);
      await signOut(page, texts);
      await page.getByRole(...button(texts.signIn)).waitFor();
      await expectGood(page, `sign-in-passkey-${locale}`);
      await page.getByRole(...button(texts.signIn)).click();
      await page.waitForURL('/');
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
      expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);

      await page.goto('/profile');
      await page.getByRole(...button(`${texts.remove} Work`)).click();
      const dialog = page.getByRole('dialog', { name: `${texts.remove} Work` });
      await dialog.locator('input[name=current-password]').fill(PASSWORD);
      await dialog.locator('button[type=submit]').click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole(...button(`${texts.remove} Work`)).waitFor({ state: 'detached' });
      await signOut(page, texts);
      await page.getByRole(...button(texts.signIn)).click();
      await page.getByText(texts.refused).waitFor();
      await leave(visitor, at.service);
    });
  }

  test('are offered in the autofill of the e-mail field', async () => {
    const texts = TEXTS['en-GB'];
    const visitor = await visit(at.browser, at.service.url);
    const { page } = visitor;
    await signUp(page, 'passkey-autofill@example.com');
    await addDevice(page);
    await addPasskey(page, texts);
    await signOut(page, texts);
    // The device picks its passkey by itself, as soon as the page offers it.
    await page.mouse.move(20, 20);
    await page.mouse.move(40, 40);
    await page.waitForURL('/');
    await leave(visitor, at.service);
  });

  test('are not added by a device that does not verify its person', async () => {
    const texts = TEXTS['en-GB'];
    const visitor = await visit(at.browser, at.service.url);
    const { page } = visitor;
    await signUp(page, 'passkey-unverified@example.com');
    const { cdp, authenticatorId } = await addDevice(page);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto('/profile');
    await page.getByRole(...button(texts.add)).click();
    const dialog = page.getByRole('dialog', { name: texts.add });
    await dialog.locator('input[name=current-password]').fill(PASSWORD);
    await dialog.locator('button[type=submit]').click();
    await page.getByText(texts.notMade).waitFor();
    await leave(visitor, at.service);
  });

  test('are not offered on the page of an address, which says why', async () => {
    const url = `http://127.0.0.1:${at.service.port}`;
    const visitor = await visit(at.browser, url);
    await signUp(visitor.page, 'passkey-address@example.com');
    await visitor.page.goto('/profile');
    await visitor.page.getByText('this page has an IP address instead of a host name').waitFor();
    expect(await visitor.page.getByRole(...button('Add a passkey')).count()).toBe(0);
    await leave(visitor, at.service);
  });
});
