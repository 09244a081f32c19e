import { eq } from 'drizzle-orm';
import type { Response } from 'playwright-core';
import { expect } from 'vitest';
import { keys } from '../../../drizzle/schema/keys.ts';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { insertDay } from '../../harness/console-usage.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { requires } from '../../harness/requires.ts';

const DAY = 86_400_000;
/** Calls of one moment share a request. */
const USAGE = /\/api\/[^?]*usage\.workspace/;

requires('browser').describe('the overview', () => {
  const { test } = requires('browser');
  const at = visited();

  const figure = (name: string) =>
    at.page.locator('dl > div').filter({ has: at.page.getByText(name, { exact: true }) });

  test('leads a fresh workspace through its first steps', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/');
    await at.page.getByRole('heading', { name: 'Overview' }).waitFor();
    await at.page.getByText('0 of 4 done').waitFor();
    await at.page.getByText('There are no active keys yet.').waitFor();
    await expectGood(at.page, 'overview-fresh');
    for (const step of ['Create a key (To do)', 'Limit a key (To do)']) {
      await at.page.getByRole('link', { name: step }).click();
      await at.page.getByRole('dialog', { name: 'Create an API key' }).waitFor();
      await at.page.goto('/');
    }

    const person = await clientOf(at.service, email);
    const bare = await person.keys.create.mutate({
      ...{ name: 'Unlimited', environment: 'test', permissions: ['exemple:read'] },
    });
    await at.page.reload();
    await at.page.getByRole('link', { name: 'Limit a key (To do)' }).click();
    await at.page.waitForURL(`/keys/${bare.key.id}?tab=settings#settings-limits`);
    // The limits are in view, not at the end of a long page.
    const limits = at.page.getByRole('button', { name: 'Add a limit' });
    await limits.waitFor();
    await expect
      .poll(async () => (await limits.boundingBox())?.y ?? 9_999)
      .toBeLessThan(at.page.viewportSize()?.height ?? 0);
    await at.page.goto('/');
    await person.keys.create.mutate({
      ...{ name: 'First', environment: 'test', permissions: ['exemple:read'] },
      expiresAt: new Date(Date.now() + 300 * DAY).toISOString(),
    });
    await at.page.reload();
    await at.page.getByText('2 of 4 done').waitFor();
    await at.page.getByText('There are no active live keys.').waitFor();
    await at.page.getByRole('link', { name: 'Create a key (Done)' }).click();
    await at.page.waitForURL('/keys');
    expect(await at.page.getByRole('dialog').count()).toBe(0);
    await at.page.goto('/');
    await person.keys.create.mutate({
      ...{ name: 'Ends all', environment: 'live', permissions: ['workspaces:delete'] },
      expiresAt: new Date(Date.now() + 300 * DAY).toISOString(),
      limits: [{ name: 'minute', limit: 60, windowSeconds: 60 }],
    });
    await at.page.reload();
    await at.page.getByText('1 live key can manage keys, members or the workspace').waitFor();
    await at.page.getByRole('link', { name: 'Invite a colleague (To do)' }).click();
    await at.page.waitForURL('**/team');
  });

  test('shows the calls of a day, why some were refused, and which keys need attention', async () => {
    const email = await signUp(at.page);
    const [first] = await insertKeys(at.service, email, [
      { name: 'Forever <b>', lastUsedAt: new Date(Date.now() - DAY) },
      { name: 'Ends soon', expiresAt: new Date(Date.now() + 3 * DAY) },
      {
        name: 'Idle',
        lastUsedAt: new Date(Date.now() - 200 * DAY),
        expiresAt: new Date(Date.now() + 300 * DAY),
      },
      { name: 'For trying out', environment: 'test' },
    ]);
    await insertDay(at.service, first?.id ?? '');
    await at.page.goto('/');
    const hours = at.page.getByRole('region', { name: /^Calls of each of the last 24 hours, / });
    // A scale, the hours below, their zone, and the numbers of a bar for the keyboard and for a pointer.
    const labels = hours.getByText(/^\d\d:00$/);
    await labels.nth(2).waitFor();
    await hours.getByText('0', { exact: true }).waitFor();
    await hours.getByText(/Hours are in UTC/).waitFor();
    const chart = hours.locator('svg.recharts-surface').first();
    const tooltip = hours.locator('.recharts-tooltip-wrapper');
    await chart.focus();
    await at.page.keyboard.press('ArrowRight');
    await expect.poll(() => tooltip.innerText()).toMatch(/\d\d:00 UTC.*Accepted.*\d.*Refused.*\d/s);
    const byKeyboard = await tooltip.innerText();
    const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
    await chart.hover({ position: { x: width / 2, y: height / 2 } });
    await expect.poll(() => tooltip.innerText()).not.toBe(byKeyboard);
    // A click opens the calls of the hour.
    await chart.click({ position: { x: width / 2, y: height / 2 } });
    await at.page.waitForURL(/\/requests\?from=.*&to=/);
    await at.page.goBack();
    expect(await figure('Refused').innerText()).toMatch(/\d{3}\nlast 24 hours$/);
    expect(await figure('Refusal rate').innerText()).toMatch(/\d(\.\d)?%/);
    expect(await figure('Keys about to expire').innerText()).toContain('1\n');
    await at.page.getByText('1 live key never expires').waitFor();
    await at.page.getByText('3 live keys have neither a limit nor credits').waitFor();
    await at.page.getByText('1 key was not used for 90 days').waitFor();
    await at.page.getByRole('link', { name: 'RATE_LIMITED' }).click();
    await at.page.waitForURL('**/requests?outcome=RATE_LIMITED');
    await at.page.goBack();
    // Each reason is two lines at most, and its row leads there as a whole.
    const row = at.page.getByRole('listitem').filter({ hasText: 'SIGNATURE_INVALID' });
    await row
      .getByText(/signed request/)
      .last()
      .waitFor();
    const box = await row.boundingBox();
    expect(box?.height).toBeLessThan(60);
    await row.click({ position: { x: (box?.width ?? 0) - 40, y: (box?.height ?? 0) - 4 } });
    await at.page.waitForURL('**/requests?outcome=SIGNATURE_INVALID');
    await at.page.goBack();
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'overview');
    await at.page.getByRole('link', { name: 'Forever <b>' }).first().click();
    await at.page.waitForURL(`**/keys/${first?.id}`);
    await at.page.goBack();
    // Each finding leads to its keys, all of them.
    for (const [finding, name, count] of [
      ['1 key expires within 14 days', 'expiring', '1 key'],
      ['1 live key never expires', 'forever', '1 key'],
      ['3 live keys have neither a limit nor credits', 'unlimited', '3 keys'],
      ['1 key was not used for 90 days', 'idle', '1 key'],
    ] as const) {
      await at.page.getByRole('link', { name: finding }).click();
      await at.page.waitForURL(`**/keys?finding=${name}`);
      await at.page.getByText(count, { exact: true }).waitFor();
      if (name !== 'idle') await at.page.goBack();
    }
    await at.page.getByRole('link', { name: 'Idle', exact: true }).waitFor();
    await expectGood(at.page, 'keys-of-finding');
    await at.page.getByLabel('Environment').selectOption('test');
    await at.page.getByText('No key matches').waitFor();
    await at.page.getByRole('button', { name: 'Environment: Test' }).click();
    await at.page.getByRole('button', { name: 'Safety: Not used for 90 days' }).click();
    await at.page.getByText('4 keys', { exact: true }).waitFor();
  });

  test('names keys with permissions that they did not use', async () => {
    const email = await signUp(at.page);
    const both = { permissions: ['exemple:read', 'echo:write'], lastUsedAt: new Date(Date.now() - DAY) };
    const [old] = await insertKeys(at.service, email, [
      { name: 'Writes never', ...both },
      { name: 'Too young to say', ...both },
    ]);
    const { db } = at.service.running.service.stores.database;
    await db
      .update(keys)
      .set({ createdAt: new Date(Date.now() - 120 * DAY) })
      .where(eq(keys.id, old?.id ?? ''));
    await insertDay(at.service, old?.id ?? '');
    await at.page.goto('/');
    const heading = at.page.getByRole('link', { name: '1 key holds permissions not used in 90 days' });
    const finding = heading.locator('xpath=..');
    await finding.getByRole('link', { name: 'Writes never' }).waitFor();
    expect(await finding.getByText('Too young to say').count()).toBe(0);
    await heading.click();
    await at.page.waitForURL('**/keys?finding=unused');
    await at.page.getByText('Only the 20 keys that were used last').waitFor();
    await at.page.getByText('1 key', { exact: true }).waitFor();
    await at.page.getByRole('link', { name: 'Writes never' }).click();
    await at.page.getByRole('tab', { name: 'Limits and credits' }).click();
    await at.page.getByText('echo:write').nth(1).waitFor();
  });

  test('reads at most three hundred keys, in three calls', async () => {
    const email = await signUp(at.page);
    await insertKeys(
      at.service,
      email,
      Array.from({ length: 320 }, (_, n) => ({ name: `Key ${n}` })),
    );
    // The first key of each page: one that is requested again, as after a retry, is the same page with another cursor.
    // The browser drops the bodies of the document before.
    const pages: Promise<string[]>[] = [];
    const keysIn = (response: Response) =>
      response.text().then(
        (text) => [firstKeyOf(text)],
        () => [],
      );
    at.page.on('response', (response) => {
      if (response.url().includes('/api/keys.list')) pages.push(keysIn(response));
    });
    await at.page.goto('/');
    await at.page.getByText('Computed from the newest 300 active keys.').waitFor();
    await at.page.getByText('and 297 more').first().waitFor();
    const distinct = new Set((await Promise.all(pages)).flat());
    expect(distinct.size).toBeGreaterThan(1);
    expect(distinct.size).toBeLessThanOrEqual(3);
  });

  test('shows an error of the service, and offers to try again', async () => {
    await signUp(at.page);
    await at.page.route(USAGE, (route) => route.fulfill({ status: 400, body: 'garbage' }));
    await at.page.goto('/');
    await at.page.getByRole('alert').first().waitFor();
    await at.page.unroute(USAGE);
    await at.page.getByRole('button', { name: 'Try again' }).click();
    await at.page.getByText('Refusal rate').waitFor();
  });
});

/** The id of the first key in an answer of `keys.list`. */
const firstKeyOf = (text: string): string => /"items":\[\{"id":"(\w+)"/.exec(text)?.[1] ?? text;
