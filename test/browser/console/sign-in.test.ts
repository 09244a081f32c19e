import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { expectGood, leave, PASSWORD, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startEmptyService } from '../../harness/service.ts';

const LIBRARY_STYLES = readFileSync(fileURLToPath(import.meta.resolve('@mantine/core/styles.css')), 'utf8');

/** The library's classes in the page, and the text of all style sheets that are loaded. */
const STYLES = `(async () => {
  const used = [...document.querySelectorAll('[class]')].flatMap(({ classList }) => [...classList]);
  const texts = [...document.styleSheets].map(({ href, ownerNode }) =>
    href ? fetch(href).then((answer) => answer.text()) : ownerNode.textContent);
  return [[...new Set(used)].filter((name) => /^m_/.test(name)), (await Promise.all(texts)).join('')];
})()`;

requires('browser').describe('the sign-in page of the console', () => {
  const { test } = requires('browser');
  const at = visited();

  const submit = () => at.page.locator('button[type=submit]').click();

  test('returns to the requested page after sign-in', async () => {
    const email = await signUp(at.page);
    await at.page.getByRole('button', { name: 'Account' }).click();
    const answered = at.page.waitForResponse(/auth\.signOut/);
    await at.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await at.page.waitForURL('**/sign-in');
    await answered;
    await at.page.goto('/audit');
    await at.page.waitForURL(/sign-in\?next=%2Faudit/);
    await at.page.getByLabel('E-mail').fill(email);
    await at.page.locator('input[name=password]').fill(PASSWORD);
    await submit();
    await at.page.waitForURL('**/audit');
  });

  test('leads to no other site after sign-in', async () => {
    const email = await signUp(at.page, 'next@example.com');
    for (const next of ['/\t/evil.example/', '/.//evil.example/', `/%5c${'evil.example'}`]) {
      await at.page.context().clearCookies();
      await at.page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await at.page.getByLabel('E-mail').fill(email);
      await at.page.locator('input[name=password]').fill(PASSWORD);
      await submit();
      await at.page.waitForURL((url) => url.pathname !== '/sign-in');
      expect(new URL(at.page.url()).origin).toBe(new URL(at.service.url).origin);
    }
  });

  test('shows an error next to its field', async () => {
    await at.page.goto('/sign-in');
    await submit();
    for (const name of ['email', 'password']) {
      const field = at.page.locator(`input[name=${name}][aria-invalid=true]`);
      const described = await field.getAttribute('aria-describedby');
      const [said] = (described ?? '').split(' ');
      expect(await at.page.locator(`[id="${said}"]`).innerText()).toMatch(
        /^(Enter an e-mail address|Enter your)/,
      );
    }
    await at.page.getByLabel('E-mail').fill('nobody@example.com');
    await at.page.locator('input[name=password]').fill(PASSWORD);
    await submit();
    await at.page.getByText('Incorrect e-mail address or password.').waitFor();
  });

  test('loads less than 145 kB of scripts in 12 requests, and no page that needs a session', async () => {
    let requests = 0;
    at.page.on('request', () => requests++);
    await at.page.goto('/sign-in', { waitUntil: 'networkidle' });
    expect(requests).toBeLessThanOrEqual(12);
    const scripts = await at.page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith('.js'))
        .map(({ name, encodedBodySize }) => ({ name, size: encodedBodySize })),
    );
    expect(scripts.filter(({ name }) => /(keys|key|usage|audit|team|playground)-page/.test(name))).toEqual(
      [],
    );
    const size = scripts.reduce((sum, script) => sum + script.size, 0);
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(145_000);
  });

  test('has the styles of every component on it, before any other page is loaded', async () => {
    await at.page.goto('/sign-in', { waitUntil: 'networkidle' });
    const missing = async () => {
      const [used, loaded] = (await at.page.evaluate(STYLES)) as [string[], string];
      expect(used.length).toBeGreaterThan(20);
      return used.filter((name) => LIBRARY_STYLES.includes(`.${name}`) && !loaded.includes(`.${name}`));
    };
    expect(await missing()).toEqual([]);
    await submit();
    await at.page.getByText('Enter your password.').waitFor();
    expect(await missing()).toEqual([]);
    await at.page.route('**/api/auth.signIn*', (route) => route.abort());
    await at.page.getByLabel('E-mail').fill('nobody@example.com');
    await at.page.locator('input[name=password]').fill(PASSWORD);
    await submit();
    await at.page.getByRole('alert').waitFor();
    expect(await missing()).toEqual([]);
  });

  test('is ready to type in, and loads nothing for passkeys until a person does something', async () => {
    const loaded: string[] = [];
    at.page.on('request', (request) => loaded.push(request.url()));
    await at.page.goto('/sign-in', { waitUntil: 'networkidle' });
    expect(await at.page.evaluate('document.activeElement.name')).toBe('email');
    expect(loaded.filter((url) => /ceremony/.test(url))).toEqual([]);
    await at.page.keyboard.type('ada@example.com');
    expect(await at.page.getByLabel('E-mail').inputValue()).toBe('ada@example.com');
    await expect.poll(() => loaded.filter((url) => /ceremony/.test(url)).length).toBe(1);
  });

  test('mentions the demo account only as long as there is no other', async () => {
    const mention = /password of demo@example\.com/;
    await at.page.goto('/sign-in');
    await at.page.getByRole('heading', { name: 'Sign in to Keyseal' }).waitFor();
    expect(await at.page.getByText(mention).count()).toBe(0);
    const service = await startEmptyService({ KEYSEAL_DEMO: 'on' });
    onTestFinished(() => service.stop());
    const guest = await visit(at.browser, service.url);
    onTestFinished(() => leave(guest));
    await guest.page.goto('/');
    await guest.page.getByText(mention).waitFor();
    await signUp(guest.page);
    const late = await visit(at.browser, service.url);
    onTestFinished(() => leave(late));
    await late.page.goto('/sign-in');
    await late.page.getByRole('heading', { name: 'Sign in to Keyseal' }).waitFor();
    expect(await late.page.getByText(mention).count()).toBe(0);
  });

  for (const [path, title] of [
    ['/sign-in', 'Sign in to Keyseal'],
    ['/sign-up', 'Create your account'],
    ['/reset#token', 'Set a new password'],
    ['/invitation#token', 'This invitation cannot be used'],
  ] as const) {
    test(`${path} is accessible, and fits 360 pixels, light and dark`, async () => {
      await at.page.setViewportSize({ width: 360, height: 740 });
      await at.page.goto(path);
      await at.page.getByRole('heading', { name: title }).waitFor();
      await expectGood(at.page, path.slice(1).replace('#token', ''));
    });
  }
});
