import { expect } from 'vitest';
import { expectAccessible, opened } from '../harness/console.ts';
import { requires } from '../harness/requires.ts';

const VIEWS = [
  ['/docs/api', 360, 'light'],
  ['/docs/api', 1280, 'dark'],
  ['/docs/refusals', 360, 'dark'],
  ['/docs/refusals?lang=fr', 360, 'dark'],
  ['/docs/refusals?lang=fr', 390, 'light'],
] as const;

requires('browser').describe('the docs pages in a browser', () => {
  const { test } = requires('browser');
  const at = opened();

  for (const [path, width, colorScheme] of VIEWS) {
    test(`${path} at ${width} pixels, ${colorScheme}, fits, and loads only the logo and typefaces`, async () => {
      const page = await at.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const asked: string[] = [];
      const consoleErrors: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => consoleErrors.push(message.text()));
      page.on('pageerror', (error) => consoleErrors.push(String(error)));
      await page.goto(`${at.service.url}${path}`);
      // The logo and the typefaces are the console's.
      const others = asked.filter((url) => !/\/icon\.svg$|\/assets\/geist[\w-]+\.woff2$/.test(url));
      expect(others).toEqual([`${at.service.url}${path}`]);
      expect(consoleErrors).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate('getComputedStyle(document.body).fontFamily')).toContain('system-ui');
      expect(
        await page.evaluate('document.fonts.check("16px Geist Variable") && document.fonts.size > 0'),
      ).toBe(true);
      // All links of the bar are within the window: on one line, or on two of a phone.
      const bar = page.locator('.bar');
      expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(width < 600 ? 84 : 60);
      const smallest = `Math.min(...[...document.querySelectorAll('body *')].map((one) => parseFloat(getComputedStyle(one).fontSize)))`;
      expect(await page.evaluate(smallest)).toBeGreaterThanOrEqual(12);
      // Not a box that scrolls within the page, or one that fills the window.
      const contents = page.locator('.contents');
      if (width < 600) {
        expect(await contents.evaluate((one) => one.scrollHeight - one.clientHeight)).toBe(0);
        expect((await contents.boundingBox())?.height).toBeLessThanOrEqual(400);
      }
      for (const link of await bar.getByRole('link').all()) {
        const box = await link.boundingBox();
        expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      }
      await page.close();
    });
  }

  test('has the colours that the reader chose in the console, and those of paper when it is printed', async () => {
    const context = await at.browser.newContext({ baseURL: at.service.url, colorScheme: 'light' });
    const page = await context.newPage();
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.goto('/sign-in');
    await page.evaluate(`localStorage.setItem('mantine-color-scheme-value', 'dark')`);
    for (const path of ['/docs/api', '/docs/refusals']) {
      await page.goto(path);
      expect(await ground()).toBe('rgb(12, 18, 26)');
      await page.emulateMedia({ media: 'print' });
      expect(await ground()).toBe('rgb(255, 255, 255)');
      await page.emulateMedia({ media: 'screen' });
    }
    await page.evaluate(`localStorage.setItem('mantine-color-scheme-value', 'light')`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    expect(await ground()).toBe('rgb(246, 247, 249)');
    await context.close();
  });

  test('/docs/api scrolls to a procedure', async () => {
    const page = await at.browser.newPage();
    await page.goto(`${at.service.url}/docs/api`);
    await page.click('a[href="#keys.create"]');
    const outlined = `getComputedStyle(document.getElementById('keys.create')).outlineStyle`;
    expect(await page.evaluate(outlined)).toBe('solid');
    await page.close();
  });

  test('/docs/api shows every example in the chosen language, without a script', async () => {
    const page = await at.browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${at.service.url}/docs/api`);
    const shown = (procedure: string, text: string) =>
      page.locator(`[id="${procedure}"] pre:visible`).filter({ hasText: text }).waitFor();
    await shown('keys.create', 'await client.keys.create.mutate({');
    await page.getByLabel('keyseal', { exact: true }).check();
    await shown('keys.create', `keyseal call keys.create '{"name":"Billing"`);
    // A stream has no command, so its request takes that place.
    await shown('keys.tail', 'GET /api/keys.tail?input=');
    await page.getByLabel('curl', { exact: true }).check();
    await shown('keys.create', `B='{"name":"Billing"`);
    await shown('whoami', '"authorization: Bearer $KEYSEAL_API_KEY"');
    await shown('auth.signIn', `curl -sS -i '${at.service.url}/api/auth.signIn'`);
    // Only a session signs this call, and a stream does not end.
    await shown('sessions.list', 'GET /api/sessions.list');
    await shown('keys.tail', 'GET /api/keys.tail?input=');
    for (const [language, text] of [
      ['Python', 'os.environ["KEYSEAL_SIGNING_SECRET"]'],
      ['Go', 'package main'],
      ['HTTPie', 'http --ignore-stdin --ignore-netrc --print=hb --raw="$B" POST'],
    ] as const) {
      await page.getByLabel(language, { exact: true }).check();
      await shown('keys.create', text);
    }
    await page.getByLabel('HTTP', { exact: true }).check();
    await shown('keys.create', 'x-signature: v1,k=<id>');
    await page.close();
  });

  for (const [path, part] of [
    ['api', 'keys.create'],
    ['refusals', 'SIGNATURE_INVALID'],
  ] as const) {
    test(`/docs/${path} is accessible, and leads to each part of it`, async () => {
      const context = await at.browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(`${at.service.url}/docs/${path}`);
      const contents = page.getByRole('navigation', { name: 'On this page' });
      const links = await contents
        .locator('li a')
        .evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).hash));
      expect(links.length).toBeGreaterThan(40);
      const parts = await page.locator('section').evaluateAll((all) => all.map(({ id }) => `#${id}`));
      expect([...links].sort()).toEqual([...parts].sort());
      // The page is long, and its parts are alike.
      for (const colorScheme of ['light', 'dark'] as const)
        await expectAccessible(page, colorScheme, '.bar', '.contents', `[id="${part}"]`);
      await context.close();
    }, 60_000);
  }
});
