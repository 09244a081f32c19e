import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch } from '../../harness/browser.ts';
import { expectGood, PASSWORD, signUp, type Visitor, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService, type TestService } from '../../harness/service.ts';

requires('browser').describe('the door of the console', () => {
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

  const submit = () => page.locator('button[type=submit]').click();

  test('leads whoever is not signed in through itself to where they were going', async () => {
    const email = await signUp(page);
    await page.getByRole('button', { name: 'Account' }).click();
    const told = page.waitForResponse(/auth\.signOut/);
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await told;
    await page.goto('/audit');
    await page.waitForURL(/sign-in\?next=%2Faudit/);
    await page.getByLabel('E-mail').fill(email);
    await page.locator('input[name=password]').fill(PASSWORD);
    await submit();
    await page.waitForURL('**/audit');
  });

  test('says beside the field what is wrong with it', async () => {
    await page.goto('/sign-in');
    await submit();
    for (const name of ['email', 'password']) {
      const field = page.locator(`input[name=${name}][aria-invalid=true]`);
      const described = await field.getAttribute('aria-describedby');
      const [said] = (described ?? '').split(' ');
      expect(await page.locator(`[id="${said}"]`).innerText()).toMatch(/^(An e-mail address|Enter your)/);
    }
    await page.getByLabel('E-mail').fill('nobody@example.com');
    await page.locator('input[name=password]').fill(PASSWORD);
    await submit();
    await page.getByText('There is no account with this e-mail address and password.').waitFor();
  });

  test('loads less than 200 kB of scripts before one is in, and none of the pages behind it', async () => {
    await page.goto('/sign-in', { waitUntil: 'networkidle' });
    const scripts = await page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith('.js'))
        .map(({ name, encodedBodySize }) => ({ name, size: encodedBodySize })),
    );
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter(({ name }) => /(keys|key|usage|audit|team|playground)-page/.test(name))).toEqual(
      [],
    );
    const size = scripts.reduce((sum, script) => sum + script.size, 0);
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(200_000);
  });

  for (const [path, title] of [
    ['/sign-in', 'Sign in to Keyseal'],
    ['/sign-up', 'Create your account'],
    ['/reset#token', 'Set a new password'],
    ['/invitation#token', 'You are invited'],
  ] as const) {
    test(`${path} is accessible, and fits 360 pixels, light and dark`, async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(path);
      await page.getByRole('heading', { name: title }).waitFor();
      await expectGood(page, path.slice(1).replace('#token', ''));
    });
  }
});
