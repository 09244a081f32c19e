import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createKeysealClient } from '../../../client/create-client.ts';
import { launch } from '../../harness/browser.ts';
import { expectGood, PASSWORD, signUp, type Visitor, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService, type TestService } from '../../harness/service.ts';

requires('browser').describe('the security procedure', () => {
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

  test('is open to anyone, in both languages, with links that lead somewhere', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/security#signatures');
    await page.getByRole('heading', { name: 'Signatures', level: 2 }).waitFor();
    expect(await page.title()).toBe('Security procedure · Keyseal');
    await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(0);
    await page.getByText('Sign in to see the examples').waitFor();
    await page.getByText('Bearer ks_test_<id>_…').first().waitFor();
    await expectGood(page, 'security');

    const links = await page
      .locator('article a, nav ul a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    const missing: string[] = [];
    for (const link of new Set(links)) {
      const { href, pathname, hash } = new URL(link, page.url());
      const anchor = `id="${decodeURIComponent(hash.slice(1))}"`;
      const text = pathname === '/security' ? await page.content() : await (await fetch(href)).text();
      if (hash !== '' && !text.includes(anchor)) missing.push(link);
    }
    expect(missing).toEqual([]);

    await page.getByRole('button', { name: 'Language, Colours' }).click();
    await page.getByRole('menu').getByText('Français', { exact: true }).click();
    await page.getByRole('heading', { name: "Jetons d'utilisateur", level: 2 }).waitFor();
    expect(await page.title()).toBe('Procédure de sécurité · Keyseal');
    expect(await page.getByText('User tokens').count()).toBe(0);
  }, 60_000);

  test("has the reader's own key in its examples", async () => {
    const email = await signUp(page);
    const { session } = await createKeysealClient({ url: service.url }).auth.signIn.mutate({
      email,
      password: PASSWORD,
    });
    const person = createKeysealClient({ url: service.url, session });
    const { key } = await person.keys.create.mutate({
      name: '<b>Mine</b>',
      environment: 'live',
      permissions: ['exemple:read'],
    });
    const { id } = key;
    await page.goto('/security');
    await page.getByLabel('The examples are for').selectOption(id);
    await page.getByText(`authorization: Bearer ks_live_${id}_…`).first().waitFor();
    await page.getByText(`x-signature: v1,k=${id},t=…,n=…,s=…`).waitFor();
    const curl = page.getByLabel('A call in curl');
    expect(await curl.last().innerText()).toContain(`k=${id},t=$T,n=$N,s=$S`);
    expect(await page.locator('article').innerText()).not.toContain('<id>');
  });
});
