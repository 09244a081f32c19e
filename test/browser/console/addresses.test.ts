import { expect } from 'vitest';
import { PASSWORD, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('what an address says that no page takes', () => {
  const { test } = requires('browser');
  const at = visited();

  test('is no place to return to after a sign-in, if it is elsewhere', async () => {
    const email = await signUp(at.page);
    const elsewhere = [
      'https://example.com/',
      '//example.com',
      '/\\example.com',
      'javascript:alert(1)',
      'x:y',
    ];
    for (const next of elsewhere) {
      const { page, context, ...guest } = await visit(at.browser, at.service.url);
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel('E-mail').fill(email);
      await page.locator('input[name=password]').fill(PASSWORD);
      await page.locator('button[type=submit]').click();
      await page.waitForURL(`${at.service.url}/`);
      expect([guest.elsewhere, guest.consoleErrors], next).toEqual([[], []]);
      await context.close();
    }
    await at.page.goto('/sign-up?next=https%3A%2F%2Fexample.com%2F');
    expect(new URL(at.page.url()).origin).toBe(at.service.url);
  }, 120_000);

  test('does not break a page', async () => {
    await signUp(at.page);
    for (const path of [
      '/keys?status=x&sort=1&search=%5B%5D&environment=7',
      '/requests?from=x&to=2026-13-45T00:00&key=%7B%7D&outcome=7&procedure=%5B1%5D',
      '/audit?from=x&to=2026-13-45&action=%5B%5D&actor=%7B%7D',
      '/playground?key=%7B%7D&procedure=%5B1%5D&tab=x',
      '/usage?range=x&view=7&procedure=%7B%7D&from=1&to=2&key=%5B%5D&environment=x',
      '/audit?to=9999-12-31',
      '/audit?from=0000',
      '/audit?from=2026-02-30&to=0000-01-01',
      '/requests?from=9999-12-31T23:59&environment=staging&key=1e21',
      '/usage?range=days&from=0000-01-01&to=9999-12-31',
      '/docs?q=%7B%7D',
    ]) {
      await at.page.goto(path, { waitUntil: 'networkidle' });
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      expect(await at.page.getByText(/went wrong|is not valid/).count(), path).toBe(0);
    }
  }, 120_000);
});
