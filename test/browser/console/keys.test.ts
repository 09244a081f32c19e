import { eq, sql } from 'drizzle-orm';
import type { Locator, Page, Route } from 'playwright-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { auditRecords } from '../../../drizzle/schema/audit.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import {
  expectGood,
  opened,
  picture,
  showSecrets,
  signUp,
  type Visitor,
  visit,
} from '../../harness/console.ts';
import { insertKeys, type KeySeed } from '../../harness/many-keys.ts';
import { requires } from '../../harness/requires.ts';
import { type Credentials, queryTarget, send, sign } from '../../harness/wire.ts';

/** Names that are markup, run the other way round, hide marks, or are pictures: the newest keys. */
const ODD = [
  '<img src=x onerror=alert(1)>',
  'مفتاح \u202eevil\u202c',
  'Cle\u0301 d\u2019été\u200f',
  '🔑 🧑‍💻',
];
const DAY = 86_400_000;

const SPECIAL: Record<string, Partial<KeySeed>> = {
  'Key 001': { permissions: ['exemple:read', 'echo:write', 'keys:read', 'usage:read'] },
  'Key 002': { lastUsedAt: new Date(Date.now() - 3 * DAY) },
  'Key 299': { expiresAt: new Date(Date.now() - DAY) },
  'Key 300': { lastUsedAt: new Date(Date.now() - 2 * DAY), enabled: false },
};

const KEYS: KeySeed[] = [
  ...ODD.map((name) => ({ name })),
  ...Array.from({ length: 300 }, (_, at): KeySeed => {
    const name = `Key ${String(at + 1).padStart(3, '0')}`;
    return { name, environment: at % 3 === 0 ? 'test' : 'live', ...SPECIAL[name] };
  }),
];

requires('browser').describe('the list of keys', () => {
  const { test } = requires('browser');
  const at = opened();
  let visitor: Visitor;
  let page: Page;
  let made: Credentials[];

  beforeAll(async () => {
    visitor = await visit(at.browser, at.service.url, { viewport: { width: 1280, height: 800 } });
    page = visitor.page;
  });
  afterEach(() => {
    expect([visitor.consoleErrors, visitor.elsewhere]).toEqual([[], []]);
  });

  const row = (name: string): Locator =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  const status = (text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const act = async (name: string, action: string) => {
    await row(name).getByRole('button', { name: 'Actions for' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const said = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor();
  const keyOf = (name: string) => made[KEYS.findIndex((key) => key.name === name)] as Credentials;
  const reasonOf = async (key: Credentials) => {
    const draft = sign(key, queryTarget('exemple'), { authority: at.service.authority });
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };
  const recorded = async (action: string) => {
    const { db } = at.service.running.service.stores.database;
    return (await db.select().from(auditRecords).where(eq(auditRecords.action, action))).length;
  };

  test('offers to create a first key if there is none, and shows names verbatim', async () => {
    const email = await signUp(page);
    await page.getByRole('heading', { name: 'No key yet' }).waitFor();
    await page.getByRole('button', { name: 'Create a key', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');

    made = await insertKeys(at.service, email, KEYS);
    await page.reload();
    for (const name of ODD) await row(name).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await row('Key 001').getByText('+2').innerText()).toBe('+2');
    await row('Key 002').getByText('3 days ago').focus();
    await page.getByRole('tooltip').waitFor();
  });

  test('renders only the rows near the window, and loads more by scrolling', async () => {
    await status('The first 100 keys');
    await page.mouse.move(640, 500);
    const end = page.getByRole('status').filter({ hasText: '304 keys' });
    while (!(await end.isVisible())) await page.mouse.wheel(0, 4_000);
    await page.keyboard.press('End');
    await row('Key 300').waitFor();
    const table = page.getByRole('table', { name: 'API keys' });
    expect(await table.getAttribute('aria-rowcount')).toBe('305');
    expect(await row('Key 300').getAttribute('aria-rowindex')).toBe('305');
    expect(await page.getByRole('row').count()).toBeLessThan(60);

    // What has the focus stays, wherever one scrolls.
    await row('Key 300').getByRole('link').focus();
    await page.evaluate('scrollTo(0, 0)');
    await row('Key 001').waitFor();
    expect(
      await row('Key 300')
        .getByRole('link')
        .evaluate((link) => link.matches(':focus')),
    ).toBe(true);
  });

  test('searches by name and id, and keeps filters and order in the URL, for Back too', async () => {
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.fill('key 29');
    await page.waitForURL(/search=key\+29|search=key%2029/);
    await status('10 keys');
    await page.getByLabel('Status').selectOption('Expired');
    await status('1 key');
    const chips = page.getByRole('group', { name: 'Current filters' }).getByRole('button');
    expect(await chips.allInnerTexts()).toEqual(['Search: key 29', 'Status: Expired']);
    await chips.last().click();
    await status('10 keys');
    expect(await page.getByLabel('Status').inputValue()).toBe('');
    await page.goBack();
    await row('Key 299').getByRole('link').click();
    await page.waitForURL(/\/keys\/\w{12}$/);
    await page.goBack();
    await status('1 key');
    expect(await search.inputValue()).toBe('key 29');
    await page.goBack();
    await status('10 keys');
    await page.goBack();
    // As many as had been loaded.
    await status(/^(The first 100|304) keys$/);
    expect(await search.inputValue()).toBe('');

    await search.fill(keyOf('Key 123').id.slice(0, 8));
    await row('Key 123').waitFor();
    await search.fill('no such key');
    await page.getByRole('button', { name: 'Show all keys' }).click();
    await page.getByLabel('Environment').selectOption('Test');
    await status('100 keys');
    await page.getByRole('button', { name: 'Name and id' }).click();
    await page.waitForURL(/sort=name/);
    const sorted = page.getByRole('columnheader', { name: 'Name and id' });
    expect(await sorted.getAttribute('aria-sort')).toBe('ascending');
    await page.getByRole('button', { name: 'Name and id' }).click();
    await page.waitForURL((url) => !url.searchParams.has('sort'));
    await page.goto('/keys?sort=lastUsed&status=active&colour=red');
    expect(await page.getByLabel('Order').inputValue()).toBe('lastUsed');
    await row('Key 002').waitFor();
    expect(await row('Key 002').getAttribute('aria-rowindex')).toBe('2');
  }, 60_000);

  test('disables and enables a key', async () => {
    await page.goto('/keys?search=Key+010');
    const key = keyOf('Key 010');
    expect(await reasonOf(key)).toBe('OK');
    await act('Key 010', 'Disable');
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await row('Key 010').getByText('Disabled').waitFor();
    expect(await reasonOf(key)).toBe('KEY_DISABLED');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() =>
      document.activeElement?.getAttribute('aria-label')?.startsWith('Actions'),
    );
    await act('Key 010', 'Enable');
    await page.getByRole('button', { name: 'Enable', exact: true }).click();
    await row('Key 010').getByText('Active').waitFor();
    expect(await reasonOf(key)).toBe('OK');
  });

  test('rotates a key once, however often it is clicked, and shows the new secrets once', async () => {
    const key = keyOf('Key 010');
    await act('Key 010', 'Rotate');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Its last call was .*\(/).waitFor();
    await dialog.getByLabel('One hour').check();
    await picture(page, 'key-rotate');

    // Without an answer, what was chosen stays, and is sent again as it was.
    await visitor.context.setOffline(true);
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await dialog.getByRole('alert').getByText('The service is not responding').waitFor();
    await visitor.context.setOffline(false);
    expect(await dialog.getByLabel('One hour').isChecked()).toBe(true);
    // The dialog stays while the secrets are on their way: they are shown only once.
    const sent = new Promise<Route>((resolve) => page.route(/keys\.rotate/, resolve, { times: 1 }));
    await dialog.getByRole('button', { name: 'Rotate' }).dblclick();
    const route = await sent;
    await page.keyboard.press('Escape');
    await page.mouse.click(2, 2);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await route.continue();

    await showSecrets(dialog);
    const secret = await dialog.getByLabel('API key', { exact: true }).innerText();
    const signingSecret = await dialog.getByLabel('Signing secret', { exact: true }).innerText();
    await page.keyboard.press('Escape');
    expect(await reasonOf({ id: key.id, apiKey: secret, signingSecret })).toBe('OK');
    expect([await reasonOf(key), await recorded('keys.rotate')]).toEqual(['OK', 1]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(signingSecret);

    await page.reload();
    await act('Key 010', 'Rotate');
    await dialog.getByText(/with the older secrets/).waitFor();
    await dialog.getByText(/This rotation ends them at once/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  test('revokes a key after its name was typed, and says which clients will fail', async () => {
    await page.goto('/keys?search=été');
    const [, , name = ''] = ODD;
    const key = keyOf(name);
    for (let call = 0; call < 3; call++) expect(await reasonOf(key)).toBe('OK');
    await act(name, 'Revoke');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It made 3 calls in the last 24 hours.').waitFor();
    const field = dialog.getByLabel('Type the name of the key');
    const send = dialog.getByRole('button', { name: 'Revoke permanently' });
    await field.fill('Clé d’hiver');
    await send.click();
    await dialog.getByText('This does not match the text above.').waitFor();
    expect([await reasonOf(key), await recorded('keys.revoke')]).toEqual(['OK', 0]);
    // As it is seen: with an é of one character, and without the invisible mark.
    await field.fill('Cl\u00e9 d\u2019été');
    await dialog.getByLabel('Reason').fill('Summer is over');
    await send.dblclick();
    await row(name).getByText('Revoked').waitFor();
    await said('The key is revoked.');
    expect([await reasonOf(key), await recorded('keys.revoke')]).toEqual(['KEY_REVOKED', 1]);
    expect(await row(name).getByRole('button', { name: 'Actions for' }).count()).toBe(0);
  });

  test('explains why a key can no longer be rotated', async () => {
    await page.goto('/keys?search=Key+020');
    await act('Key 020', 'Rotate');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('30 days').check();
    const { db } = at.service.running.service.stores.database;
    const revoked = { revokedAt: new Date(), rev: sql`${keys.rev} + 1` };
    await db
      .update(keys)
      .set(revoked)
      .where(eq(keys.id, keyOf('Key 020').id));
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await dialog.getByRole('alert').getByText('CONFLICT', { exact: true }).waitFor();
    await dialog.getByText('Request id').waitFor();
    expect(await dialog.getByLabel('30 days').isChecked()).toBe(true);
  });

  test('is accessible and fits 360 pixels, in French too', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/keys');
    await page
      .getByRole('img', { name: /calls in the last 7 days/ })
      .first()
      .waitFor();
    await expectGood(page, 'keys');
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByText('Français').click();
    await page.getByRole('heading', { name: 'Clés d’API' }).waitFor();
    await row('Key 001').getByRole('button', { name: 'Actions pour' }).click();
    await page.getByRole('menuitem', { name: 'Révoquer' }).click();
    await page.getByRole('dialog').getByText('Elle n’a jamais servi.').waitFor();
    await expectGood(page, 'key-revoke-fr');
  }, 90_000);
});
