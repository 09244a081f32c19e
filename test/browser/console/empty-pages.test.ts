import { expect } from 'vitest';
import { clientOf, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('a list of keys whose first page is empty and not the last', () => {
  const { test } = requires('browser');
  const at = visited();

  test('is read on by every part of the console that shows keys', async () => {
    const { page } = at;
    const client = await clientOf(at.service, await signUp(page));
    const made = { environment: 'test' as const, permissions: ['exemple:read'] };
    const { key } = await client.keys.create.mutate({ ...made, name: 'Found late' });
    // As after 50,000 keys that do not match: the answer to the call without a cursor comes only with the cursor.
    const held = new Map<string, string>();
    const emptied = { result: { data: { items: [], nextCursor: 'more' } } };
    await page.route(/\/api\/keys\.list(\?|$)/, async (route) => {
      const { searchParams } = new URL(route.request().url());
      const { cursor, ...input } = JSON.parse(searchParams.get('input') ?? '{}');
      const name = JSON.stringify(input);
      if (cursor === 'more')
        return route.fulfill({ contentType: 'application/json', body: held.get(name) ?? '' });
      const response = await route.fetch();
      held.set(name, await response.text());
      return route.fulfill({ json: emptied });
    });

    await page.goto('/');
    await page.getByRole('main').getByText('Found late').first().waitFor();
    await page.keyboard.press('Control+k');
    const search = page.getByRole('dialog', { name: 'Go to' });
    await search.getByRole('textbox').fill('found');
    await search.getByRole('button', { name: /Found late/ }).waitFor();
    await page.keyboard.press('Escape');

    await page.goto('/usage');
    await page.getByRole('combobox', { name: 'Key', exact: true }).click();
    await page.getByRole('option', { name: 'Found late' }).waitFor();

    await page.goto('/docs/sign-by-hand');
    await page.getByLabel('The examples are for').selectOption(key.id);
    await page.goto('/keys');
    await page.getByRole('main').getByText('Found late').first().waitFor();
    expect(held.size).toBeGreaterThan(3);
  });
});
