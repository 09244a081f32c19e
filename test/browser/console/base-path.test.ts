import { expect, vi } from 'vitest';
import { PASSWORD, visited } from '../../harness/console.ts';
import { freePort } from '../../harness/embedded-postgres.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService } from '../../harness/service.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const BASE = '/keyseal';
const { describe, test } = requires('browser');

describe('B7: the console below a base path', () => {
  const at = visited(async () => {
    const port = String(await freePort());
    const origin = `http://localhost:${port}${BASE}`;
    return startTestService({ env: { PORT: port, KEYSEAL_PUBLIC_ORIGINS: origin } });
  });
  const pathname = () => new URL(at.page.url()).pathname;
  const links = async () =>
    at.page.locator('a[href]').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));

  test('leads to sign-in and back, and keeps every link below the path', async () => {
    await at.page.goto(`${at.service.url}/keys`);
    await at.page.waitForURL(/sign-in/);
    expect(pathname()).toBe(`${BASE}/sign-in`);
    await at.page.goto(`${at.service.url}/security`);
    await at.page.locator('article').waitFor();
    const all = await links();
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter((href) => !href.startsWith(`${at.service.url}/`))).toEqual([]);
  });

  test('the explanation of a failure leads to the error reference, in the language of the console', async () => {
    await at.page.goto(`${at.service.url}/invitation#none`);
    const more = at.page.getByRole('alert').getByRole('link').last();
    await more.click();
    await at.page.getByRole('heading', { name: 'INVITATION_INVALID' }).waitFor();
    expect(pathname()).toBe(`${BASE}/docs/refusals`);
    expect(new URL(at.page.url()).search).toBe('?lang=en');
  });

  test('a person signs up, and is still signed in after a reload', async () => {
    await at.page.goto(`${at.service.url}/sign-up`);
    await at.page.getByLabel('E-mail').fill('ada@example.com');
    await at.page.locator('input[name=password]').fill(PASSWORD);
    await at.page.locator('button[type=submit]').click();
    await at.page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(pathname()).toBe(`${BASE}/`);
    await at.page.reload();
    await at.page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(pathname()).toBe(`${BASE}/`);
  });
});
