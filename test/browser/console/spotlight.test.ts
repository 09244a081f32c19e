import { expect, vi } from 'vitest';
import { expectGood, signUp, visited } from '../../harness/console.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000 });

requires('browser').describe('the search over the console', () => {
  const { test } = requires('browser');
  const at = visited();

  test('finds pages, keys, docs and actions by the keyboard, in French too', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, [{ name: 'Billing worker' }]);
    await at.page.goto('/keys');
    await at.page.getByText('Billing worker').waitFor();
    const dialog = at.page.getByRole('dialog', { name: 'Go to' });
    const field = dialog.getByRole('textbox');
    const find = async (words: string, result: string | RegExp) => {
      await at.page.keyboard.press('Control+k');
      await field.fill(words);
      await dialog.getByRole('button', { name: result }).first().waitFor();
    };

    await find('audit lo', 'Audit log');
    await field.press('Enter');
    await at.page.waitForURL('**/audit');
    await dialog.waitFor({ state: 'detached' });
    // The key arrives when nothing else matches, and is the result that Enter opens.
    await find('billing', /Billing worker/);
    await field.press('Enter');
    await at.page.waitForURL(`**/keys/${id}`);
    await dialog.waitFor({ state: 'detached' });
    // Arrows move between results: down from the page to a part of the docs, and up again.
    await find('audit log', /Audit log$/);
    await dialog.getByRole('button', { name: /›/ }).first().waitFor();
    await field.press('ArrowDown');
    await field.press('ArrowUp');
    await field.press('Enter');
    await at.page.waitForURL('**/audit');
    await dialog.waitFor({ state: 'detached' });
    await find('billing', /Billing worker/);
    for (const width of [360, 1440]) {
      await at.page.setViewportSize({ width, height: 800 });
      await expectGood(at.page, `spotlight-${width}`);
    }
    await dialog.getByRole('button', { name: /Billing worker/ }).click();
    await at.page.waitForURL(`**/keys/${id}`);
    await find(id.slice(0, 6), /Billing worker/);
    await field.fill('nonce');
    await dialog.getByRole('button', { name: /›/ }).first().waitFor();
    await field.fill('xyzzy');
    await dialog.getByText('Nothing found').waitFor();
    await at.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await find('create a key', 'Create a key');
    await dialog.getByRole('button', { name: 'Create a key', exact: true }).click();
    await at.page.getByRole('dialog', { name: 'Create an API key' }).waitFor();
    await at.page.keyboard.press('Escape');
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(at.page.url()).search).toBe('');

    await find('francais', 'Français');
    await dialog.getByRole('button', { name: 'Français', exact: true }).click();
    await at.page.getByRole('heading', { name: 'Clés d’API' }).waitFor();
    await at.page.getByRole('button', { name: 'Aller à' }).click();
    const french = at.page.getByRole('dialog', { name: 'Aller à' });
    await french.getByRole('textbox').fill('equipe');
    await french.getByRole('button', { name: 'Équipe', exact: true }).waitFor();
    await expectGood(at.page, 'spotlight-fr-1440');
  });

  test('opens the key that was typed by Enter, also if it arrives after the docs', async () => {
    const email = await signUp(at.page);
    const [{ id } = { id: '' }] = await insertKeys(at.service, email, [{ name: 'Nightly import' }]);
    const dialog = at.page.getByRole('dialog', { name: 'Go to' });
    const field = dialog.getByRole('textbox');
    await at.page.route('**/api/keys.list*', async (route) => {
      await new Promise((done) => setTimeout(done, 500));
      await route.continue();
    });
    for (const words of ['night', 'Nightly import']) {
      await at.page.goto('/usage');
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      await at.page.keyboard.press('Control+k');
      // The docs are there before the key.
      await field.fill('nonce');
      await dialog.getByRole('button', { name: /›/ }).first().waitFor();
      await field.fill(words);
      await field.press('Enter');
      await at.page.waitForURL(`**/keys/${id}`);
      await dialog.waitFor({ state: 'detached' });
    }
    await at.page.goto('/usage');
    await at.page.getByRole('heading', { level: 1 }).waitFor();
    await at.page.keyboard.press('Control+k');
    await field.fill('import');
    await dialog.getByRole('button', { name: /Nightly import/ }).waitFor();
    await field.press('Enter');
    await at.page.waitForURL(`**/keys/${id}`);
    await dialog.waitFor({ state: 'detached' });
    await at.page.keyboard.press('Control+k');
    // No guess at a mistyped word.
    await field.fill('nonze');
    await dialog.getByText('Nothing found').waitFor();
    expect(await dialog.getByRole('button', { name: /›/ }).count()).toBe(0);
    await at.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('opens on a phone, by a button in the header', async () => {
    await signUp(at.page);
    for (const width of [360, 768, 1440]) {
      await at.page.setViewportSize({ width, height: 740 });
      await at.page.goto('/usage');
      const button = at.page.getByRole('banner').getByRole('button', { name: 'Go to', exact: true });
      const box = await button.boundingBox();
      expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      await button.click();
      await at.page.getByRole('dialog', { name: 'Go to' }).getByRole('textbox').waitFor();
      await expectGood(at.page, `spotlight-button-${width}`);
    }
  });
});
