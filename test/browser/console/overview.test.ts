import type { Response } from 'playwright-core';
import { expect } from 'vitest';
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
    await at.page.waitForURL(`/keys/${bare.key.id}?tab=settings`);
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
    await at.page.getByRole('img', { name: /^Calls of each of the last 24 hours, / }).waitFor();
    expect(await figure('Refused').innerText()).toMatch(/\d{3}\nlast 24 hours$/);
    expect(await figure('Refusal rate').innerText()).toMatch(/\d(\.\d)?%/);
    expect(await figure('Keys about to expire').innerText()).toContain('1\n');
    await at.page.getByText('1 live key never expires').waitFor();
    await at.page.getByText('3 live keys have neither a limit nor credits').waitFor();
    await at.page.getByText('1 key was not used for 90 days').waitFor();
    await at.page.getByText('RATE_LIMITED').waitFor();
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'overview');
    await at.page.getByRole('link', { name: 'Forever <b>' }).first().click();
    await at.page.waitForURL(`**/keys/${first?.id}`);
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
