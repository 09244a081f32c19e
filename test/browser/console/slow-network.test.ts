import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { PASSWORD, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

/** A slow mobile network: bytes a second, and milliseconds to the service and back. */
const [THROUGHPUT, LATENCY] = [50_000, 400];
/** Until a person can type, in seconds. */
const MOST_SECONDS = 4;

/** Bytes of all scripts that a page loads before a sign-in, with gzip. */
const MOST_SCRIPT = 150_000;

/** What a page loaded, by what the network saw. */
interface Traffic {
  requests: number;
  bytes: number;
}

async function slow(session: CDPSession): Promise<Traffic> {
  const traffic: Traffic = { requests: 0, bytes: 0 };
  session.on('Network.requestWillBeSent', () => traffic.requests++);
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    traffic.bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: LATENCY, downloadThroughput: THROUGHPUT, uploadThroughput: THROUGHPUT },
  });
  return traffic;
}

/** The URL of each script that a page has requested so far, and its bytes with gzip -9, as it arrives. */
function scriptsOf(page: Page): Promise<readonly [url: string, bytes: number]>[] {
  const scripts: Promise<readonly [string, number]>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return;
    const { pathname } = new URL(response.url());
    scripts.push(response.body().then((body) => [pathname, gzipSync(body, { level: 9 }).length]));
  });
  return scripts;
}

requires('browser').describe('the console on a slow network', () => {
  const { test } = requires('browser');
  const at = visited();

  test('can be signed in to after few bytes and few requests', async () => {
    const email = await signUp(at.page);
    const other = await at.browser.newContext({ locale: 'en-GB', baseURL: at.service.url });
    const page = await other.newPage();
    const scripts = scriptsOf(page);
    const traffic = await slow(await other.newCDPSession(page));
    await page.goto('/sign-in', { waitUntil: 'commit' });
    await page.getByLabel('E-mail').fill(email);
    const { requests, bytes } = { ...traffic };
    // Counted, since a clock measures a loaded machine: two trips in a row, for the page and for its files, and every
    // byte that arrived by then, one after the other.
    const seconds = (2 * LATENCY) / 1_000 + bytes / THROUGHPUT;
    expect(requests).toBeLessThanOrEqual(12);
    expect(bytes).toBeGreaterThan(100_000);
    expect(seconds, `${bytes} bytes in ${requests} requests`).toBeLessThan(MOST_SECONDS);
    await page.locator('input[name=password]').fill(PASSWORD);
    const signedIn = page.waitForResponse('**/api/auth.signIn*');
    await page.locator('button[type=submit]').click();
    await signedIn;
    const loaded = await Promise.all([...scripts]);
    const scriptBytes = loaded.reduce((sum, [, bytes]) => sum + bytes, 0);
    expect(scriptBytes, JSON.stringify(loaded)).toBeLessThanOrEqual(MOST_SCRIPT);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor({ timeout: 90_000 });
    await other.close();
  }, 180_000);
});
