import { expect } from 'vitest';
import { opened } from '../harness/console.ts';
import { requires } from '../harness/requires.ts';

const VIEWS = [
  ['/docs/api', 360, 'light'],
  ['/docs/api', 1280, 'dark'],
  ['/docs/refusals', 360, 'dark'],
] as const;

requires('browser').describe('the docs pages in a browser', () => {
  const { test } = requires('browser');
  const at = opened();

  for (const [path, width, colorScheme] of VIEWS) {
    test(`${path} at ${width} pixels, ${colorScheme}, fits, and loads nothing else`, async () => {
      const page = await at.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const asked: string[] = [];
      const consoleErrors: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => consoleErrors.push(message.text()));
      page.on('pageerror', (error) => consoleErrors.push(String(error)));
      await page.goto(`${at.service.url}${path}`);
      // Chromium asks for an icon by itself, which the policy refuses.
      expect(asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([`${at.service.url}${path}`]);
      expect(consoleErrors.filter((text) => !text.includes('favicon'))).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate('getComputedStyle(document.body).fontFamily')).toContain('system-ui');
      await page.close();
    });
  }

  test('/docs/api scrolls to a procedure', async () => {
    const page = await at.browser.newPage();
    await page.goto(`${at.service.url}/docs/api`);
    await page.click('a[href="#keys.create"]');
    const outlined = `getComputedStyle(document.getElementById('keys.create')).outlineStyle`;
    expect(await page.evaluate(outlined)).toBe('solid');
    await page.close();
  });
});
