import { expect } from 'vitest';
import { expectGood, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('the docs that a service shows', () => {
  const { test } = requires('browser');
  const at = visited();

  test('can be searched and read without an account', async () => {
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/docs');
    await at.page.getByRole('heading', { name: 'Sign requests', level: 2 }).waitFor();
    await expectGood(at.page, 'docs');
    await at.page.getByLabel('Search the documentation').fill('KEYSEAL_DRAIN_SECONDS load balancer');
    const found = at.page.getByRole('region', { name: 'Search results' });
    await found.getByRole('link', { name: /Running it › Behind a load balancer/ }).click();
    await at.page.getByRole('heading', { name: 'Behind a load balancer' }).waitFor();
    expect(new URL(at.page.url()).hash).toBe('#behind-a-load-balancer');
    await expect.poll(() => at.page.evaluate('scrollY')).toBeGreaterThan(0);
    await at.page.goBack();
    await found.getByRole('link').first().waitFor();
    await at.page.getByLabel('Search the documentation').fill('zebra');
    await at.page.getByText('Nothing contains “zebra”').waitFor();
  }, 60_000);

  test('say where to begin, what is in English only, and where a page has the words', async () => {
    await at.page.goto('/docs');
    const start = at.page.getByRole('navigation', { name: 'Start here' });
    await start.getByRole('link', { name: /^Make your first call/ }).click();
    await at.page.getByRole('heading', { name: 'Quick start', level: 1 }).waitFor();
    await at.page.goto('/docs?q=nonce');
    const found = at.page.getByRole('region', { name: 'Search results' });
    await found.locator('mark').first().waitFor();
    expect(new Set((await found.locator('mark').allInnerTexts()).map((word) => word.toLowerCase()))).toEqual(
      new Set(['nonce']),
    );
    await expectGood(at.page, 'docs-search');
    await at.page.evaluate(`localStorage.setItem('keyseal-language', 'fr')`);
    await at.page.goto('/docs');
    const operate = at.page.getByRole('region', { name: 'Exploiter' });
    const page = operate.getByRole('listitem').filter({ hasText: 'Running it' });
    await page.getByText('en anglais', { exact: true }).waitFor();
    expect(await page.getByRole('link').getAttribute('lang')).toBe('en');
    expect(await at.page.getByRole('link', { name: 'Dépannage' }).getAttribute('lang')).toBeNull();
  }, 60_000);

  test('change pages without loading the console again', async () => {
    await at.page.goto('/docs/quickstart');
    await at.page.locator('article .hljs-keyword').first().waitFor();
    await expectGood(at.page, 'docs-page');
    // Code has colours, and a button that copies it.
    const colorOf = (selector: string) =>
      at.page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).color);
    expect(await colorOf('article .hljs-keyword')).not.toBe(await colorOf('article pre'));
    await at.visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await at.page.locator('article').getByRole('button', { name: 'Copy' }).first().click();
    await at.page.locator('article').getByRole('button', { name: 'Copied' }).waitFor();
    expect(await at.page.evaluate('navigator.clipboard.readText()')).toBe('npm ci && npm start');
    await at.page.evaluate('globalThis.isSame = true');
    await at.page.locator('article').getByRole('link', { name: 'the client' }).first().click();
    await at.page.getByRole('heading', { name: 'The client', level: 1 }).waitFor();
    await at.page.getByRole('navigation', { name: 'Pages of the documentation' }).getByText(/^Next/).click();
    await at.page.getByRole('heading', { name: 'Frontends', level: 1 }).waitFor();
    expect(await at.page.evaluate('globalThis.isSame')).toBe(true);
  });

  test('are in French, and mark pages that exist in English only', async () => {
    await at.page.goto('/docs/troubleshooting');
    await at.page.getByRole('button', { name: 'Language, Colours' }).click();
    await at.page.getByRole('menu').getByText('Français', { exact: true }).click();
    await at.page.getByRole('heading', { name: 'Dépannage', level: 1 }).waitFor();
    await at.page.goto('/docs/operators/postgres');
    await at.page.getByText('Cette page n’existe qu’en anglais.').waitFor();
    expect(await at.page.locator('article').getAttribute('lang')).toBe('en');
  });

  test('show a call in tabs, and report a path that is no page', async () => {
    await at.page.goto('/docs/security-procedure');
    await at.page.getByLabel('A call in curl').last().waitFor();
    await at.page.getByRole('tab', { name: 'Python' }).click();
    await at.page.getByLabel('A call in Python').last().waitFor();
    await at.page.goto('/docs/nonsense');
    await at.page.getByText('There is no such page').waitFor();
  });

  test('keep the indentation of code, which scrolls sideways on a phone', async () => {
    await at.page.setViewportSize({ width: 390, height: 844 });
    await at.page.goto('/docs/security-procedure#python');
    const call = at.page.getByLabel('A call in Python').last();
    await call.waitFor();
    const metrics = await call.evaluate((code) => {
      const { whiteSpace } = getComputedStyle(code);
      return { whiteSpace, isScrolled: code.scrollWidth > code.clientWidth };
    });
    expect(metrics).toEqual({ whiteSpace: 'pre', isScrolled: true });
    // By the keyboard too.
    expect(await call.getAttribute('tabindex')).toBe('0');
    await expectGood(at.page, 'docs-code');
    await at.page.goto('/docs/operators/running');
    const pre = at.page.locator('article pre').first();
    await pre.waitFor();
    expect(await pre.evaluate((code) => getComputedStyle(code).whiteSpace)).toBe('pre');
    expect(await pre.getAttribute('tabindex')).toBe('0');
    await expectGood(at.page, 'docs-code-block');
  });

  test('lead from a status to the refusals, and from a search for Python to its tab', async () => {
    await at.page.goto('/docs?q=401');
    const found = at.page.getByRole('region', { name: 'Search results' });
    const first = found.getByRole('link').first();
    expect(await first.innerText()).toBe('Refusals');
    await first.click();
    await at.page.getByRole('heading', { name: 'Refusals', level: 1 }).waitFor();
    await at.page.goto('/docs?q=sign a request in python');
    await found.locator('mark').first().waitFor();
    for (const word of await found.locator('mark').allInnerTexts()) {
      expect(word.toLowerCase()).toMatch(/^(sign|request|python)$/);
    }
    await found.getByRole('link', { name: /^Security procedure › Python/ }).click();
    await at.page.getByLabel('A call in Python').last().waitFor();
    await expect.poll(() => at.page.evaluate('scrollY')).toBeGreaterThan(0);
    await at.page.evaluate(`localStorage.setItem('keyseal-language', 'fr')`);
    await at.page.goto('/docs?q=signer une requête en python');
    await at.page.getByRole('link', { name: /^Procédure de sécurité › Python/ }).click();
    await at.page.getByRole('tab', { name: 'Python', selected: true }).waitFor();
  }, 60_000);

  test('are linked from the pages that the service writes', async () => {
    for (const path of ['/docs/refusals', '/docs/api']) {
      await at.page.goto(path);
      await at.page.getByRole('link', { name: 'Documentation' }).click();
      await at.page.getByRole('heading', { name: 'Documentation', level: 1 }).waitFor();
    }
    await at.page.goto('/docs/refusals');
    const links = await at.page
      .locator('main dd a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).pathname));
    expect(links.length).toBeGreaterThan(5);
    for (const path of new Set(links)) {
      await at.page.goto(path);
      await at.page.locator('main h1, h1').first().waitFor();
      expect(await at.page.getByText('There is no such page').count(), path).toBe(0);
    }
  }, 60_000);
});
