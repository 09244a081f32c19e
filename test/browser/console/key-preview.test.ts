import { expect } from 'vitest';
import { expectGood, openCreateForm, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('the preview of a new key', () => {
  const { test } = requires('browser');
  const at = visited();

  test('says what the key may do, as the form changes', async () => {
    const { page } = at;
    await signUp(page);
    const dialog = await openCreateForm(page);
    const preview = dialog.getByRole('region', { name: 'What this key may do' });
    const said = () => preview.getByRole('listitem').allInnerTexts();
    expect(await said()).toEqual([
      'exemple:read The sample query.',
      'For tests. It cannot access live keys.',
      'It signs with a secret that the service has too.',
      'It never expires.',
      'It may call as often as it wants.',
      'No credit limit.',
      'It may call from any IP address.',
    ]);
    await dialog.getByLabel('exemple:read').uncheck();
    await preview.getByText('Nothing yet: choose a permission.').waitFor();
    await dialog.getByLabel('echo:write').check();
    await dialog.getByLabel('Live', { exact: true }).check();
    await dialog.getByRole('button', { name: 'More options' }).click();
    await dialog.getByRole('button', { name: 'Add a limit' }).click();
    await dialog.getByLabel('Each call costs credits').check();
    await dialog.getByLabel('Credits left').fill('500');
    await dialog.getByLabel('Allowed IP addresses').fill('203.0.113.7\n203.0.113.8');
    await dialog.getByLabel('A private key, made in this browser', { exact: true }).check();
    await dialog.getByLabel('Service key').check();
    expect(await said()).toEqual([
      'echo:write The sample mutation: returns what it gets.',
      'For production.',
      'It signs with a private key that only you get.',
      'It never expires.',
      'At most 60 calls in a window of 1 minute.',
      'It has 500 credits. Without credits, its calls are refused.',
      'It may call only from 203.0.113.7 and 203.0.113.8.',
      'It belongs to the workspace, and keeps working after you leave.',
    ]);
    await dialog.getByLabel('Expiry').selectOption('30');
    await preview.getByText(/^It is valid until the end of .* \(UTC\)\.$/).waitFor();
    // An external owner may bound what this form does not.
    await dialog.getByRole('button', { name: 'Remove limit 1' }).first().click();
    await dialog.getByLabel('Each call costs credits').uncheck();
    await dialog.getByLabel('Expiry').selectOption('day');
    await dialog.getByLabel('External owner').fill('shop-7');
    await preview.getByText('It shares the limits and credits of “shop-7”, if it has any.').waitFor();
    expect(await said()).not.toContain('It may call as often as it wants.');
    expect(await said()).not.toContain('No credit limit.');
    // Nothing is said of a day that is not chosen yet.
    expect((await said()).filter((sentence) => /never expires|valid until/.test(sentence))).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectGood(page, 'key-preview');
    await page.evaluate("localStorage.setItem('keyseal-language', 'fr')");
    await page.reload();
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Créer/ })
      .first()
      .click();
    await dialog.getByRole('region', { name: 'Ce que cette clé pourra faire' }).waitFor();
    await dialog.getByText('La fréquence de ses appels n’est pas limitée.').waitFor();
  });
});
