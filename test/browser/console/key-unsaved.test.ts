import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { clientOf, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('unsaved settings of a key', () => {
  const { test } = requires('browser');
  const at = visited();

  /** The settings of a new key with credits, and how often the page has asked the service to change a key. */
  async function settingsOf(page: Page, name = 'Web shop') {
    const client = await clientOf(at.service, await signUp(page));
    const credits = { remaining: 4200, refill: { amount: 5000, every: 'month' } } as const;
    const { key } = await client.keys.create.mutate({
      ...{ name, environment: 'live', permissions: ['exemple:read', 'keys:read'], credits },
    });
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('keys.update')) sent.push(request.postData() ?? '');
    });
    await page.goto(`/keys/${key.id}?tab=settings`);
    await field('Allowed IP addresses').waitFor();
    return { client, id: key.id, sent };
  }

  const field = (label: string) => at.page.getByLabel(label, { exact: true });
  const button = (name: string) => at.page.getByRole('button', { name, exact: true });
  const saved = () => at.page.getByText('Saved. It applies to every call');

  /** Answers every question of the page. @returns how many it has asked */
  function answers(answer: 'accept' | 'dismiss'): () => number {
    let asked = 0;
    at.page.on('dialog', (dialog) => {
      asked++;
      void dialog[answer]();
    });
    return () => asked;
  }

  test('are of one key, not of the next one that is shown', async () => {
    const { client, id } = await settingsOf(at.page);
    const other = await client.keys.create.mutate({
      ...{ name: 'Billing worker', environment: 'live', permissions: ['keys:read'] },
    });
    answers('accept');
    await at.page.keyboard.press('Control+k');
    const dialog = at.page.getByRole('dialog', { name: 'Go to' });
    await dialog.getByRole('textbox').fill('billing');
    await dialog.getByRole('button', { name: /Billing worker/ }).click();
    await at.page.waitForURL(`**/keys/${other.key.id}`);
    await at.page.getByRole('tab', { name: 'Settings' }).click();
    await field('External owner').fill('acme');
    await at.page.evaluate('history.go(-2)');
    await at.page.waitForURL(`**/keys/${id}?tab=settings`);
    await at.page.getByRole('heading', { name: 'Web shop' }).waitFor();
    expect(await at.page.locator('[name=key-name]').inputValue()).toBe('Web shop');
    expect(await field('External owner').inputValue()).toBe('');
  });

  test('leave the credits as they are that calls have spent in the meantime', async () => {
    const { client, id } = await settingsOf(at.page);
    await field('Up to').fill('6000');
    await client.keys.update.mutate({
      ...{ id, credits: { remaining: 3000, refill: { amount: 5000, every: 'month' } } },
    });
    await expect.poll(() => field('Credits left').inputValue(), { timeout: 30_000 }).toBe('3000');
    await at.page.getByText('Not saved yet: Credits.').waitFor();
    await button('Save the changes').click();
    await saved().waitFor();
    expect((await client.keys.get.query({ id })).credits).toMatchObject({
      ...{ remaining: 3000, refill: { amount: 6000 } },
    });
  });

  test('keep a person signed in who stays', async () => {
    await settingsOf(at.page);
    const asked = answers('dismiss');
    await field('External owner').fill('acme');
    await button('Account')
      .or(at.page.getByRole('button', { name: /^Account:/ }))
      .click();
    await at.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect.poll(asked).toBe(1);
    await button('Discard').click();
    await at.page.getByRole('link', { name: 'Audit log' }).first().click();
    await at.page.waitForURL('**/audit');
    await at.page.waitForTimeout(500);
    await at.page.reload();
    await at.page.getByRole('heading', { name: 'Audit log' }).waitFor();
    expect(new URL(at.page.url()).pathname).toBe('/audit');
  });

  test('keep the workspace of a person who stays', async () => {
    const { client } = await settingsOf(at.page);
    await client.workspaces.create.mutate({ name: 'Elsewhere' });
    await at.page.reload();
    const asked = answers('dismiss');
    const selects: string[] = [];
    at.page.on('request', (request) => {
      if (request.url().includes('workspaces.select')) selects.push(request.url());
    });
    await field('External owner').fill('acme');
    await at.page.getByRole('button', { name: /^Workspace:/ }).click();
    await at.page.getByRole('menuitemradio', { name: 'Elsewhere' }).click();
    await expect.poll(asked).toBe(1);
    expect(await field('External owner').inputValue()).toBe('acme');
    expect(selects).toEqual([]);
  });

  test('are sent by the keyboard only if there are any, and no dialog is open', async () => {
    const { client, id, sent } = await settingsOf(at.page);
    const press = async () => {
      await at.page.keyboard.press('Control+s');
      await at.page.waitForTimeout(300);
    };
    await press();
    expect(sent).toEqual([]);
    await field('External owner').fill('acme');
    await button('Revoke…').click();
    await at.page.getByRole('dialog').waitFor();
    await press();
    expect(sent).toEqual([]);
    await at.page.keyboard.press('Escape');
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    await client.keys.revoke.mutate({ id });
    await at.page.getByText('This key is revoked').waitFor({ timeout: 30_000 });
    await press();
    expect(sent).toEqual([]);
  });

  test('take the failure to save them with them when they are discarded', async () => {
    await settingsOf(at.page);
    await at.page.route(/keys\.update/, (route) => route.abort('failed'));
    await field('External owner').fill('acme');
    await button('Save the changes').click();
    await at.page.locator('form').getByRole('alert').waitFor();
    await button('Discard').click();
    await at.page.locator('form').getByRole('alert').waitFor({ state: 'detached' });
  });

  test('that are typed while others are saved stay', async () => {
    const { client, id } = await settingsOf(at.page);
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await at.page.route(/keys\.update/, async (route) => {
      await held;
      await route.continue();
    });
    await field('External owner').fill('acme');
    await at.page.keyboard.press('Control+s');
    await field('Allowed IP addresses').fill('203.0.113.7');
    await field('External owner').fill('acme two');
    release();
    await at.page.getByText('Not saved yet: Allowed IP addresses and External owner.').waitFor();
    await expect.poll(async () => (await client.keys.get.query({ id })).externalId).toBe('acme');
    expect(await field('Allowed IP addresses').inputValue()).toBe('203.0.113.7');
    expect(await field('External owner').inputValue()).toBe('acme two');
    await expect.poll(() => button('Save the changes').isEnabled()).toBe(true);
    await button('Save the changes').click();
    await saved().waitFor();
    expect(await client.keys.get.query({ id })).toMatchObject({
      ...{ externalId: 'acme two', allowedAddresses: ['203.0.113.7'] },
    });
  });

  test('give way to the current settings when they are discarded, or the key is revoked', async () => {
    const { client, id } = await settingsOf(at.page);
    await field('External owner').fill('acme');
    await client.keys.update.mutate({ id, externalId: 'other' });
    await at.page.getByText('Changed elsewhere while you were editing').waitFor({ timeout: 30_000 });
    await button('Discard').click();
    expect(await field('External owner').inputValue()).toBe('other');
    await field('External owner').fill('acme');
    await client.keys.revoke.mutate({ id });
    await at.page.getByText('This key is revoked').waitFor({ timeout: 30_000 });
    expect(await field('External owner').inputValue()).toBe('other');
    const asked = answers('dismiss');
    await at.page.getByRole('tab', { name: 'Usage' }).click();
    await at.page.getByRole('tab', { name: 'Usage', selected: true }).waitFor();
    expect(asked()).toBe(0);
  });

  test('leave the focus where they were once they are saved', async () => {
    await settingsOf(at.page);
    const focused = () => at.page.evaluate('document.activeElement.id');
    await field('External owner').fill('acme');
    await button('Save the changes').click();
    await saved().waitFor();
    await expect.poll(focused).toBe('settings-general');
    await field('Allowed IP addresses').fill('203.0.113.7');
    await button('Discard').click();
    await expect.poll(focused).toBe('settings-access');
    // The button that disables the key is gone then.
    await button('Disable…').click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('content');
  });
});
