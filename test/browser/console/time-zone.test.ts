import { expect } from 'vitest';
import { clientOf, expectGood, signUp, type Visitor, visit, visited } from '../../harness/console.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

/** Half an hour off every whole hour, and on the next day for a quarter of the time. */
const ELSEWHERE = 'Asia/Kolkata';

requires('browser').describe('times in the console', () => {
  const { test } = requires('browser');
  const at = visited();

  async function enter(locale: string): Promise<Visitor> {
    await at.visitor.context.close();
    at.visitor = await visit(at.browser, at.service.url, { locale, timezoneId: ELSEWHERE });
    return at.visitor;
  }

  /** A new person with a key that has called once. @returns the id of the key */
  async function called(): Promise<string> {
    const client = await clientOf(at.service, await signUp(at.page));
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      ...{ name: 'Clock', environment: 'test', permissions: ['exemple:read'] },
      expiresAt: '2091-02-03T23:59:59Z',
    });
    await query(at.service, { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' }, 'exemple');
    return key.id;
  }

  test('are in UTC, wherever the reader is, and say so', async () => {
    await enter('en-GB');
    const id = await called();
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/');
    await at.page.getByText(/Hour by hour since .* \d\d:00 UTC$/).waitFor();
    await at.page.getByRole('heading', { name: 'Duration of accepted calls' }).waitFor();
    await at.page.getByText('99% took at most').waitFor();
    await expectGood(at.page, 'overview-latency');

    await at.page.goto('/usage?view=table');
    await at.page.getByText('The last 24 hours, hour by hour. Times are in UTC.').waitFor();
    await at.page.getByRole('columnheader', { name: 'Beginning (UTC)' }).waitFor();
    const hour = new Date().getUTCHours();
    await at.page
      .getByRole('cell', { name: new RegExp(`, (${two(hour)}|${two((hour + 23) % 24)}):00 UTC$`) })
      .first()
      .waitFor();

    await at.page.goto('/requests');
    await at.page.getByRole('columnheader', { name: 'Time (UTC)' }).waitFor();
    const time = at.page.locator('td time');
    const sent = (await time.getAttribute('datetime')) ?? '';
    expect(await time.innerText()).toBe(sent.slice(11, 19));
    // The filter takes UTC too: the call lies within the minute in which it was made, whose end is not part of it.
    const end = new Date(Date.parse(`${sent.slice(0, 16)}Z`) + 60_000).toISOString();
    await at.page.goto(`/requests?from=${sent.slice(0, 16)}&to=${end.slice(0, 16)}`);
    await at.page.getByText('1 call shown.').waitFor();
    await at.page.getByLabel('From (UTC)').waitFor();

    await at.page.goto(`/audit?from=${sent.slice(0, 10)}&to=${sent.slice(0, 10)}`);
    await at.page.getByRole('columnheader', { name: 'Time (UTC)' }).waitFor({ state: 'attached' });
    const created = at.page.getByRole('row').filter({ hasText: 'Key created' }).locator('time');
    expect(await created.getAttribute('title')).toMatch(/ \d\d:\d\d UTC$/);
    expect(await created.innerText()).toBe((await created.getAttribute('datetime'))?.slice(11, 19));

    // The last day of an expiry is one in UTC, and is not moved by saving it.
    await at.page.goto(`/keys/${id}?tab=policy`);
    await at.page.getByRole('cell', { name: '3 Feb 2091, 23:59 UTC' }).waitFor();
    await at.page.goto(`/keys/${id}?tab=settings`);
    expect(await at.page.getByLabel('Last day (UTC)').inputValue()).toBe('2091-02-03');
    await at.page.getByLabel('Last day (UTC)').fill('2091-02-04');
    const sending = at.page.waitForRequest(/keys\.update/);
    await at.page.getByRole('button', { name: 'Save the changes' }).click();
    expect((await sending).postDataJSON()[0]).toEqual({ id, expiresAt: '2091-02-04T23:59:59.000Z' });
  });

  test('say so in French too', async () => {
    await enter('fr-FR');
    const id = await called();
    await at.page.goto('/usage?view=table');
    await at.page.getByText('Les heures sont en UTC.').waitFor();
    await at.page.getByRole('columnheader', { name: 'Début (UTC)' }).waitFor();
    await at.page.goto('/requests');
    await at.page.getByRole('columnheader', { name: 'Heure (UTC)' }).waitFor();
    await at.page.goto(`/keys/${id}?tab=policy`);
    await at.page.getByRole('cell', { name: /^3 févr\. 2091.* UTC$/ }).waitFor();
  });
});

const two = (part: number) => String(part).padStart(2, '0');
