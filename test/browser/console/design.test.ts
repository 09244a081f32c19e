import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { clientOf, expectGood, picture, signUp, visited } from '../../harness/console.ts';
import { insertDay } from '../../harness/console-usage.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000 });

/** The scripts of the console. */
const SCRIPTS = /\/assets\/[^/]+\.js$/;
const WIDTHS = [360, 768, 1440, 1920];
/** Text that is smaller than the smallest size of the scale. */
const TINY = `[...document.querySelectorAll('body *')]
  .filter((one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== ''))
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 12)
  .map((one) => one.outerHTML.slice(0, 160))`;
const DAY = 86_400_000;

/** Keys such as a workspace has after a while. */
const KEYS = [
  {
    name: 'Billing worker',
    permissions: ['exemple:read', 'echo:write'],
    lastUsedAt: new Date(Date.now() - 40_000),
  },
  { name: 'Mobile app', environment: 'test' as const, lastUsedAt: new Date(Date.now() - 3 * DAY) },
  { name: 'Partner import', expiresAt: new Date(Date.now() + 5 * DAY) },
  { name: 'Old cron job', enabled: false, lastUsedAt: new Date(Date.now() - 120 * DAY) },
  { name: 'A name that is far longer than any column of a table will ever be able to show on one line' },
];

requires('browser').describe('the design of the console', () => {
  const { test } = requires('browser');
  const at = visited();

  const pictures = async (page: Page, path: string, name: string) => {
    for (const language of ['fr', 'en'] as const) {
      await page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await page.goto(path, { waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await picture(page, `design/${name}-${width}-${colorScheme}-${language}`);
          const wide = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect(wide, `${name} at ${width}, ${language}`).toBe(0);
          expect(await page.evaluate(TINY), `${name} at ${width}, ${colorScheme}, ${language}`).toEqual([]);
        }
      }
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await expectGood(page, `design/${name}-360-axe`);
  };

  test('fits four widths, light and dark, in both languages', async () => {
    await at.page.goto('/sign-in');
    await pictures(at.page, '/sign-in', 'sign-in');
    const email = await signUp(at.page);
    await pictures(at.page, '/', 'overview-fresh');
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, KEYS);
    await insertDay(at.service, id);
    for (const [path, name] of [
      ['/', 'overview'],
      ['/keys', 'keys'],
      [`/keys/${id}`, 'key'],
      ['/playground', 'playground'],
      ['/security/debugger', 'debugger'],
      ['/usage', 'usage'],
      ['/requests', 'requests'],
      ['/team', 'team'],
      ['/audit', 'audit'],
      ['/profile', 'profile'],
      ['/sessions', 'sessions'],
      ['/docs', 'docs'],
    ] as const)
      await pictures(at.page, path, name);
  });

  test('is what the pictures of the README show, in both languages', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    await client.workspaces.rename.mutate({ name: 'Northwind' });
    await client.auth.updateProfile.mutate({ name: 'Ada Lovelace' });
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      name: 'Web shop',
      environment: 'live',
      permissions: ['exemple:read'],
      expiresAt: new Date(Date.now() + 300 * DAY).toISOString(),
    });
    await insertKeys(at.service, email, KEYS.slice(0, -1));
    await insertDay(at.service, key.id);
    for (let n = 0; n < 20; n++)
      await query(at.service, { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' }, 'exemple');
    await at.page.setViewportSize({ width: 1440, height: 900 });
    for (const [language, heading, name] of [
      ['en', 'Duration of accepted calls', 'console-overview'],
      ['fr', 'Durée des appels acceptés', 'console-overview-fr'],
    ] as const) {
      await at.page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await at.page.goto('/', { waitUntil: 'networkidle' });
      await at.page.getByRole('heading', { name: heading }).waitFor();
      await picture(at.page, name);
    }
  });

  test('paints the frame before the script has loaded', async () => {
    await at.page.route(SCRIPTS, (route) => route.abort());
    for (const path of ['/keys', '/sign-in']) {
      await at.page.goto(path, { waitUntil: 'domcontentloaded' });
      await at.page.locator('.frame-header').waitFor();
    }
    // Where the page then has it.
    const logo = at.page.locator('img').first();
    const painted = await logo.boundingBox();
    await at.page.unroute(SCRIPTS);
    await at.page.goto('/sign-in');
    await at.page.getByRole('heading', { name: 'Sign in to Keyseal' }).waitFor();
    expect(await at.page.locator('.frame').count()).toBe(0);
    expect(await at.page.locator('img').first().boundingBox()).toEqual(painted);
  });

  test('loads its typeface from the service', async () => {
    await at.page.goto('/sign-in', { waitUntil: 'networkidle' });
    const loaded = await at.page.evaluate(
      `document.fonts.ready.then(() => [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family.replaceAll('"', '')))`,
    );
    expect(loaded).toContain('Geist Variable');
  });

  test('names the key that a page is about, and leads back to the list', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, KEYS);
    await at.page.goto(`/keys/${id}`);
    const place = at.page.getByRole('navigation', { name: 'Where this page is' });
    await place.getByText('Billing worker').waitFor();
    await place.getByRole('link', { name: 'API keys' }).click();
    await at.page.waitForURL('/keys');
    // The whole row leads to the key.
    const row = at.page.getByRole('row').filter({ hasText: 'Partner import' });
    const box = await row.boundingBox();
    expect(box?.height).toBeLessThanOrEqual(46);
    await row.click({ position: { x: (box?.width ?? 0) * 0.45, y: 8 } });
    await at.page.waitForURL(/\/keys\/\w{12}$/);
  });

  test('keeps the gaps between the words of small headings', async () => {
    await signUp(at.page);
    await at.page.goto('/playground');
    await at.page.getByRole('heading', { name: 'Response' }).waitFor();
    const gaps = await at.page.evaluate(async () => {
      await document.fonts.ready;
      return [12, 13, 14, 20].map((size) => {
        const heading = document.createElement('h3');
        Object.assign(heading.style, { fontSize: `${size}px`, fontWeight: '600', inlineSize: 'max-content' });
        heading.textContent = 'What this key may do';
        document.querySelector('main')?.append(heading);
        const range = document.createRange();
        range.setStart(heading.firstChild as Node, 4);
        range.setEnd(heading.firstChild as Node, 5);
        return range.getBoundingClientRect().width / size;
      });
    });
    for (const gap of gaps) expect(gap).toBeGreaterThan(0.23);
  });

  test('leads those who are signed in back from the debugger', async () => {
    const place = at.page.getByRole('navigation', { name: 'Where this page is' });
    await at.page.goto('/security/debugger');
    await at.page.getByLabel('The request, as it was sent').waitFor();
    expect(await place.count()).toBe(0);
    await signUp(at.page);
    await at.page.goto('/security/debugger');
    await place.getByRole('link', { name: 'Playground' }).click();
    await at.page.waitForURL('**/playground');
  });

  test('begins every page at the same edge, and shows long names of keys', async () => {
    const email = await signUp(at.page);
    await insertKeys(at.service, email, KEYS);
    await at.page.setViewportSize({ width: 1920, height: 900 });
    const edges: unknown[] = [];
    for (const path of ['/', '/keys', '/usage', '/requests', '/audit', '/team', '/workspace', '/profile']) {
      await at.page.goto(path);
      edges.push((await at.page.getByRole('heading', { level: 1 }).boundingBox())?.x);
    }
    expect(new Set(edges).size, JSON.stringify(edges)).toBe(1);
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await at.page.goto('/keys');
    const long = at.page.getByRole('link', { name: /^A name that is far longer/ });
    expect(await long.getAttribute('title')).toMatch(/on one line$/);
    expect((await long.boundingBox())?.width).toBeGreaterThan(220);
  });

  test('has fields for times that show them whole', async () => {
    await signUp(at.page);
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await at.page.goto('/requests');
    const from = await at.page.getByLabel('From (UTC)').boundingBox();
    expect(from?.width).toBeGreaterThanOrEqual(195);
  });

  test('marks one page of the navigation as the current one', async () => {
    for (const [path, name] of [
      ['/security/debugger', 'Playground'],
      ['/security', 'Security procedure'],
      ['/docs/quickstart', 'Documentation'],
    ] as const) {
      await at.page.goto(path);
      const current = at.page
        .getByRole('navigation', { name: 'Pages', exact: true })
        .locator('[aria-current=page]');
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      expect(await current.allInnerTexts()).toEqual([name]);
    }
  });

  test('stays readable if the reader forces colours', async () => {
    await at.page.emulateMedia({ forcedColors: 'active' });
    await signUp(at.page);
    await at.page.goto('/');
    const current = at.page.getByRole('link', { name: 'Overview' });
    await current.waitFor();
    expect(await current.getAttribute('aria-current')).toBe('page');
    expect(await current.evaluate((link) => getComputedStyle(link).borderTopColor)).not.toBe(
      'rgba(0, 0, 0, 0)',
    );
  });
});
