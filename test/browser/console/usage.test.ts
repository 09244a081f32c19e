import { expect } from 'vitest';
import { expectGood, signUp, visited } from '../../harness/console.ts';
import { insertDay } from '../../harness/console-usage.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { requires } from '../../harness/requires.ts';

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

requires('browser').describe('the usage of a workspace', () => {
  const { test } = requires('browser');
  const at = visited();

  test('is shown for days that the reader chooses, which the address keeps', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, [{ name: 'Counted' }]);
    await insertDay(at.service, id);
    const now = at.service.running.service.stores.clock();
    const [from, to] = [dayOf(now - 5 * DAY_MS), dayOf(now - 2 * DAY_MS)];
    await at.page.goto('/usage');
    await at.page.getByText('Dates', { exact: true }).click();
    const days = { from: at.page.getByLabel('First day (UTC)'), to: at.page.getByLabel('Last day (UTC)') };
    await days.from.waitFor();
    expect([await days.from.inputValue(), await days.to.inputValue()]).toEqual([
      dayOf(now - 6 * DAY_MS),
      dayOf(now),
    ]);
    await days.from.fill(to);
    await days.to.fill(from);
    await at.page.getByRole('button', { name: 'Show', exact: true }).click();
    await at.page.getByText('Enter two days, the first one first.').waitFor();
    await days.from.fill(from);
    await days.to.fill(to);
    await at.page.getByRole('button', { name: 'Show', exact: true }).click();
    await at.page.waitForURL(`**/usage?range=days&from=${from}&to=${to}`);
    await at.page.reload();
    expect(await days.to.inputValue()).toBe(to);
    await at.page.getByText('Table', { exact: true }).click();
    // A heading, and four days.
    const rows = at.page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
    await expect.poll(() => rows.count()).toBe(5);
    const saving = at.page.waitForEvent('download');
    await at.page.getByRole('button', { name: 'Save all as CSV' }).click();
    expect((await saving).suggestedFilename()).toBe(`keyseal-usage-${from}-${to}.csv`);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'usage-days');
    await at.page.getByText('7 days', { exact: true }).click();
    await at.page.waitForURL(/\/usage\?range=7d&view=table$/);
    await at.page.goto('/usage?range=days&from=%3Cb%3E&to=7');
    await days.from.waitFor();
    expect(await days.to.inputValue()).toBe(dayOf(now));
  }, 90_000);
});
