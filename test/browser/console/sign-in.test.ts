import { expect, onTestFinished } from 'vitest';
import { expectGood, leave, PASSWORD, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startEmptyService } from '../../harness/service.ts';

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

  test('loads less than 161 kB of scripts in 12 requests, and no page that needs a session', async () => {
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
    expect(size).toBeLessThan(161_000);
  });

  test('mentions the demo account only if the service creates one', async () => {
    const mention = /the password of demo@example\.com/;
    await at.page.goto('/sign-in');
    await at.page.getByRole('heading', { name: 'Sign in to Keyseal' }).waitFor();
    expect(await at.page.getByText(mention).count()).toBe(0);
    const service = await startEmptyService({ KEYSEAL_DEMO: 'on' });
    onTestFinished(() => service.stop());
    const guest = await visit(at.browser, service.url);
    onTestFinished(() => leave(guest));
    await guest.page.goto('/');
    await guest.page.getByText(mention).waitFor();
  });

  for (const [path, title] of [
    ['/sign-in', 'Sign in to Keyseal'],
    ['/sign-up', 'Create your account'],
    ['/reset#token', 'Set a new password'],
    ['/invitation#token', 'You are invited'],
  ] as const) {
    test(`${path} is accessible, and fits 360 pixels, light and dark`, async () => {
      await at.page.setViewportSize({ width: 360, height: 740 });
      await at.page.goto(path);
      await at.page.getByRole('heading', { name: title }).waitFor();
      await expectGood(at.page, path.slice(1).replace('#token', ''));
    });
  }
});
