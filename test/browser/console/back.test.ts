import { expect } from 'vitest';
import { clientOf, openCreateForm, signUp, visited } from '../../harness/console.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('Back', () => {
  const { test } = requires('browser');
  const at = visited();

  test('undoes one step: a tab, a filter, an open call; and asks before a filled form is lost', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      ...{ name: 'Shop', environment: 'live', permissions: ['exemple:read'] },
    });
    const caller = { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' };
    const { headers } = await query(at.service, caller, 'exemple');
    const requestId = String(headers['x-request-id']);

    await at.page.goto('/requests');
    await at.page.getByRole('button', { name: requestId, exact: true }).click();
    const drawer = at.page.getByRole('dialog');
    await drawer.getByText(requestId).waitFor();
    await at.page.goBack();
    await drawer.waitFor({ state: 'detached' });
    expect(at.page.url()).toMatch(/\/requests$/);
    await at.page.goForward();
    await drawer.getByText(requestId).waitFor();
    await at.page.reload();
    await drawer.getByText(requestId).waitFor();
    await at.page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(at.page.url()).toMatch(/\/requests$/);

    await at.page.goto(`/keys/${key.id}`);
    for (const name of ['Limits and credits', 'Settings']) await at.page.getByRole('tab', { name }).click();
    await at.page.goBack();
    await at.page.getByRole('tab', { name: 'Limits and credits', selected: true }).waitFor();

    await at.page.goto('/usage');
    await at.page.getByText('7 days', { exact: true }).click();
    await at.page.waitForURL('**/usage?range=7d');
    await at.page.goBack();
    await at.page.waitForURL('**/usage');

    await at.page.getByRole('link', { name: 'API keys', exact: true }).click();
    const form = await openCreateForm(at.page);
    await form.getByLabel('Name').fill('Half');
    const asked = at.page.waitForEvent('dialog').then(async (dialog) => {
      await dialog.dismiss();
      return dialog.message();
    });
    await at.page.evaluate('history.back()');
    expect(await asked).toBe('The key is not created yet, and your input would be lost. Leave this page?');
    expect(await form.getByLabel('Name').inputValue()).toBe('Half');
  });
});
