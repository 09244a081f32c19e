import type { CDPSession } from 'playwright-core';
import { expect } from 'vitest';
import { PASSWORD, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

/** A slow mobile network: bytes a second, and milliseconds to the service and back. */
const [THROUGHPUT, LATENCY] = [50_000, 400];
/** Until a person can type, in seconds. */
const MOST_SECONDS = 4;

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

requires('browser').describe('the console on a slow network', () => {
  const { test } = requires('browser');
  const at = visited();

  test('can be signed in to after few bytes and few requests', async () => {
    const email = await signUp(at.page);
    const other = await at.browser.newContext({ locale: 'en-GB', baseURL: at.service.url });
    const page = await other.newPage();
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
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor({ timeout: 90_000 });
    await other.close();
  }, 180_000);
});
