import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

/** Read from right to left, with wide characters: as long as a name may be. */
const NAME = `\u200f${'漢'.repeat(90)} 🗝️`;

requires('browser').describe('the settings of a key', () => {
  const { test } = requires('browser');
  const at = visited();

  /** The settings of a new key with limits and credits. */
  async function settingsOf(page: Page, name = 'Web shop') {
    const client = await clientOf(at.service, await signUp(page));
    const { key } = await client.keys.create.mutate({
      ...{ name, environment: 'live', permissions: ['exemple:read', 'keys:read'] },
      limits: [
        { name: 'calls', limit: 60, windowSeconds: 60 },
        { name: 'daily', limit: 10_000, windowSeconds: 86_400 },
      ],
      credits: { remaining: 4200, refill: { amount: 5000, every: 'month' } },
    });
    await page.goto(`/keys/${key.id}?tab=settings`);
    await field('Allowed IP addresses').waitFor();
    return { client, id: key.id };
  }

  const field = (label: string) => at.page.getByLabel(label, { exact: true });
  const contents = () => at.page.getByRole('navigation', { name: 'Settings of this key' });
  const save = () => at.page.getByRole('button', { name: 'Save the changes' });

  test('say what each section has, and lead to it', async () => {
    await settingsOf(at.page);
    expect(await contents().getByRole('link').allInnerTexts()).toEqual([
      'General\nNo external owner',
      'Permissions\n2 permissions',
      'Expiry and IP addresses\nNever expires · any IP address',
      'Limits and credits\n2 limits · 4,200 credits',
      'Verification and metadata\nVerifies for no host · no metadata',
      'Danger zone\nEach action asks first, then takes effect at once.',
    ]);
    await contents().getByRole('link', { name: 'Danger zone' }).click();
    await at.page.getByRole('heading', { name: 'Revoke this key' }).waitFor();
    expect(await at.page.evaluate('document.activeElement.id')).toBe('settings-danger');
    // The address keeps the tab.
    expect(new URL(at.page.url()).search).toBe('?tab=settings');
  });

  test('name what is not saved, and discard it', async () => {
    await settingsOf(at.page);
    expect(await save().count()).toBe(0);
    await field('Allowed IP addresses').fill('203.0.113.0/24\n198.51.100.7');
    await field('Up to').fill('6000');
    await at.page.getByText('Not saved yet: Credits and Allowed IP addresses.').waitFor();
    expect(await contents().getByRole('img', { name: 'Not saved yet' }).count()).toBe(2);
    await contents().getByText('Never expires · 2 IP addresses').waitFor();
    // It stays in view, wherever the reader is on the page.
    await at.page.evaluate('scrollTo(0, 0)');
    expect((await save().boundingBox())?.y).toBeLessThan(720);
    await at.page.getByRole('button', { name: 'Discard' }).click();
    expect(await field('Up to').inputValue()).toBe('5000');
    expect(await save().count()).toBe(0);
  });

  test('are saved by the keyboard', async () => {
    const { client, id } = await settingsOf(at.page);
    await field('External owner').fill('acme');
    await at.page.keyboard.press('Control+s');
    await at.page.getByText('Saved. It applies to every call').waitFor();
    expect((await client.keys.get.query({ id })).externalId).toBe('acme');
    await at.page.getByText('Saved. It applies to every call').waitFor({ state: 'detached' });
    expect(await at.page.locator('form').getByRole('status').count()).toBe(1);
  });

  test('ask before unsaved changes are lost', async () => {
    await settingsOf(at.page);
    const asked: string[] = [];
    let answer: 'accept' | 'dismiss' = 'dismiss';
    at.page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog[answer]();
    });
    await at.page.getByRole('tab', { name: 'Usage' }).click();
    await at.page.getByRole('tab', { name: 'Settings' }).click();
    await field('External owner').fill('acme');
    expect(asked).toEqual([]);
    await at.page.getByRole('tab', { name: 'Usage' }).click();
    await expect.poll(() => asked).toEqual(['confirm']);
    expect(await field('External owner').inputValue()).toBe('acme');
    await at.page.evaluate('history.back()');
    await expect.poll(() => asked.length).toBe(2);
    expect(await field('External owner').inputValue()).toBe('acme');
    answer = 'accept';
    await at.page.getByRole('tab', { name: 'Usage' }).click();
    await at.page.getByRole('tab', { name: 'Settings' }).click();
    await field('External owner').waitFor();
    expect(await field('External owner').inputValue()).toBe('');
  });

  test('are a tab in view on a phone, in French too', async () => {
    const { id } = await settingsOf(at.page);
    await at.page.setViewportSize({ width: 390, height: 844 });
    await at.page.evaluate(`localStorage.setItem('keyseal-language', 'fr')`);
    await at.page.reload();
    const selected = at.page.getByRole('tab', { selected: true });
    const isInView = async () => {
      const box = await selected.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 390;
    };
    await expect.poll(isInView).toBe(true);
    await at.page.goto(`/keys/${id}`);
    await expect.poll(isInView).toBe(true);
    expect(await at.page.evaluate('scrollY')).toBe(0);
  });

  test('say what was changed elsewhere while they were edited', async () => {
    const { client, id } = await settingsOf(at.page);
    await field('External owner').fill('acme');
    await client.keys.update.mutate({ id, name: 'Renamed', externalId: 'other' });
    const changed = at.page.getByRole('alert');
    await changed.getByText('Changed elsewhere while you were editing: Name.').waitFor({ timeout: 30_000 });
    await changed.getByText('Changed elsewhere while you were editing: External owner.').waitFor();
    await save().click();
    await at.page.getByText('Saved. It applies to every call').waitFor();
    expect(await client.keys.get.query({ id })).toMatchObject({ name: 'Renamed', externalId: 'acme' });
  });

  test('fit every window, with any name, also at twice the size', async () => {
    await settingsOf(at.page, NAME);
    for (const language of ['en', 'fr'] as const) {
      await at.page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await at.page.reload();
      await at.page.locator('[name=key-name]').fill('漢'.repeat(100));
      const owner = { en: 'External owner', fr: 'Propriétaire externe' }[language];
      await field(owner).fill('漢'.repeat(100));
      // 720 pixels are a window of 1440 at 200 %.
      for (const width of [360, 720, 1440, 1920]) {
        await at.page.setViewportSize({ width, height: 900 });
        await expectGood(at.page, `key-settings-${width}-${language}`);
      }
    }
  });
});
