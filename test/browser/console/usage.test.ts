import { expect } from 'vitest';
import { usageDays } from '../../../drizzle/schema/usage.ts';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { insertDay } from '../../harness/console-usage.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { query } from '../../harness/people.ts';
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

  test('is compared with the period before, and explains the most frequent refusals first', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, [{ name: '漢'.repeat(100) }]);
    await insertDay(at.service, id);
    const { database, clock } = at.service.running.service.stores;
    const now = clock();
    const today = { keyId: id, at: new Date(dayOf(now)), procedure: 'exemple' };
    await database.db.insert(usageDays).values([
      { ...today, outcome: 'PERMISSION_DENIED', count: 2 },
      { ...today, outcome: 'KEY_EXPIRED', count: 1 },
      { ...today, at: new Date(dayOf(now - 20 * DAY_MS)), outcome: 'KEY_EXPIRED', count: 500 },
    ]);
    const days = `range=days&from=${dayOf(now - 5 * DAY_MS)}&to=${dayOf(now)}`;
    await at.page.goto(`/keys/${id}?${days}`);
    await at.page.getByText('10.6 times the period before').waitFor();
    const helpOf = (reason: string) =>
      at.page.getByRole('group', { name: reason }).getByText('What to do:', { exact: true });
    for (const reason of ['RATE_LIMITED', 'SIGNATURE_INVALID', 'PERMISSION_DENIED'])
      await helpOf(reason).waitFor();
    expect(await helpOf('KEY_EXPIRED').isVisible()).toBe(false);
    await at.page.getByRole('group', { name: 'KEY_EXPIRED' }).getByText('once', { exact: true }).click();
    await helpOf('KEY_EXPIRED').waitFor();
    // Another order closes nothing that is open.
    await at.page.getByText('30 days', { exact: true }).click();
    await at.page.getByRole('group', { name: 'KEY_EXPIRED' }).getByText('501 times').waitFor();
    expect(await helpOf('PERMISSION_DENIED').isVisible()).toBe(true);
    await at.page.goto(`/usage?${days}`);
    await at.page.getByRole('region', { name: 'Busiest keys' }).getByRole('link').waitFor();
    await at.page.emulateMedia({ forcedColors: 'active' });
    for (const width of [1440, 360]) {
      await at.page.setViewportSize({ width, height: 800 });
      await expectGood(at.page, `usage-long-${width}`);
    }
    // Two columns of what there is to compare, at a width that fits them.
    await at.page.setViewportSize({ width: 1440, height: 900 });
    const [left, right] = [
      await at.page.getByRole('heading', { name: 'Busiest keys' }).boundingBox(),
      await at.page.getByRole('heading', { name: 'Refusals by reason' }).boundingBox(),
    ];
    expect(left?.y).toBe(right?.y);
  }, 120_000);

  test('is filtered by environment, which the address keeps', async () => {
    const client = await clientOf(at.service, await signUp(at.page));
    for (const [environment, calls] of [
      ['live', 3],
      ['test', 2],
    ] as const) {
      const { key, secret, signingSecret } = await client.keys.create.mutate({
        ...{ name: `A ${environment} key`, environment, permissions: ['exemple:read'] },
      });
      const who = { id: key.id, apiKey: secret ?? '', signingSecret: signingSecret ?? '' };
      for (let n = 0; n < calls; n++) await query(at.service, who, 'exemple');
    }
    const accepted = at.page.getByRole('term').filter({ hasText: 'Accepted' }).locator('xpath=..');
    await at.page.goto('/usage');
    await accepted.getByText('5', { exact: true }).waitFor();
    await at.page.getByLabel('Environment').selectOption('test');
    await at.page.waitForURL('**/usage?environment=test');
    await accepted.getByText('2', { exact: true }).waitFor();
    const busiest = at.page.getByRole('region', { name: 'Busiest keys' });
    expect(await busiest.getByRole('link').allInnerTexts()).toEqual(['A test key']);
    await at.page.reload();
    await accepted.getByText('2', { exact: true }).waitFor();
    const saving = at.page.waitForEvent('download');
    await at.page.getByRole('button', { name: /CSV/ }).first().click();
    expect((await saving).suggestedFilename()).toBe('keyseal-usage-test-24h.csv');
    // What a bar leads to is of the same environment, which the log shows and can change.
    await at.page.goto('/usage?environment=test&view=table');
    const hours = at.page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
    // The hour may turn between the calls and this page.
    await hours.getByRole('button').first().click();
    await at.page.waitForURL(/\/requests\?/);
    await at.page.getByText('2 calls shown.').waitFor();
    expect(new URL(at.page.url()).searchParams.get('environment')).toBe('test');
    await at.page.getByLabel('Environment').selectOption('live');
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.getByText('3 calls shown.').waitFor();
    await at.page.goto('/usage?environment=test');
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'usage-environment');
    // A key has one environment: the choice of a key ends that of an environment.
    await at.page.getByRole('combobox', { name: 'Key' }).click();
    await at.page.getByRole('option', { name: 'A live key' }).click();
    await at.page.waitForURL(/\/usage\?key=\w+$/);
    await accepted.getByText('3', { exact: true }).waitFor();
    await at.page.goto('/usage?environment=%3Cb%3E&range=x&view=y&procedure=7&key=%7B%7D');
    await accepted.getByText('5', { exact: true }).waitFor();
  }, 120_000);

  test('is filtered by key and procedure, and a bar leads to its calls', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const make = async (name: string) => {
      const { key, secret, signingSecret } = await client.keys.create.mutate({
        ...{ name, environment: 'live', permissions: ['exemple:read', 'echo:write'] },
      });
      return { id: key.id, apiKey: secret ?? '', signingSecret: signingSecret ?? '' };
    };
    const [shop, cron] = [await make('Web shop'), await make('Cron')];
    for (let n = 0; n < 3; n++) await query(at.service, shop, 'exemple');
    await query(at.service, shop, 'whoami');
    await query(at.service, cron, 'exemple');
    const accepted = at.page.getByRole('term').filter({ hasText: 'Accepted' }).locator('xpath=..');

    await at.page.goto('/usage');
    await accepted.getByText('5', { exact: true }).waitFor();
    await at.page.getByRole('combobox', { name: 'Key' }).fill('shop');
    await at.page.getByRole('option', { name: 'Web shop' }).click();
    await at.page.waitForURL(`**/usage?key=${shop.id}`);
    await accepted.getByText('4', { exact: true }).waitFor();
    await at.page.getByRole('combobox', { name: 'Procedure' }).click();
    await at.page.getByRole('option', { name: 'exemple' }).click();
    await accepted.getByText('3', { exact: true }).waitFor();
    await at.page.reload();
    await accepted.getByText('3', { exact: true }).waitFor();
    expect(await at.page.getByRole('combobox', { name: 'Key' }).inputValue()).toBe('Web shop');
    await expectGood(at.page, 'usage-filtered');

    // The last bar is that of the current hour.
    const chart = at.page.getByRole('application');
    await chart.waitFor();
    const bar = await at.page.locator('.recharts-bar-rectangle path').last().boundingBox();
    await at.page.mouse.move((bar?.x ?? 0) + (bar?.width ?? 0) / 2, (bar?.y ?? 0) + 12);
    await at.page.locator('.recharts-tooltip-wrapper').getByText('Accepted').waitFor();
    await at.page.mouse.down();
    await at.page.mouse.up();
    await at.page.waitForURL(/\/requests\?/);
    await at.page.getByText('3 calls shown.').waitFor();
    const { searchParams } = new URL(at.page.url());
    expect([searchParams.get('key'), searchParams.get('procedure')]).toEqual([shop.id, 'exemple']);

    await at.page.goto(`/keys/${cron.id}?view=table&range=7d`);
    const days = at.page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
    await days.nth(1).getByRole('button').click();
    await at.page.waitForURL(/\/requests\?/);
    await at.page.getByText('1 call shown.').waitFor();
  }, 120_000);

  test('of a day that is no longer in the request log leads to the hours of that day', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, [{ name: 'Counted' }]);
    await insertDay(at.service, id);
    const day = dayOf(at.service.running.service.stores.clock() - 3 * DAY_MS);
    await at.page.goto('/usage?range=7d&view=table');
    const rows = at.page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
    await rows.nth(4).getByRole('button').click();
    await at.page.waitForURL(`**/usage?range=days&view=table&from=${day}&to=${day}`);
    expect(await at.page.getByLabel('First day (UTC)').inputValue()).toBe(day);
    expect(await at.page.getByLabel('Last day (UTC)').inputValue()).toBe(day);
  });
});
