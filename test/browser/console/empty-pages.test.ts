import { expect } from 'vitest';
import { clientOf, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('a list of keys whose first page is empty and not the last', () => {
  const { test } = requires('browser');
  const at = visited();

  test('is read on by every part of the console that shows keys', async () => {
    const { page } = at;
    const client = await clientOf(at.service, await signUp(page));
    const { key } = await client.keys.create.mutate({
      name: 'Found late',
      environment: 'test',
      permissions: ['exemple:read'],
    });
    // As after 50,000 keys that do not match: the answer to the call without a cursor comes only with the cursor.
    const held = new Map<string, object>();
    const emptied = { result: { data: { items: [], nextCursor: 'more' } } };
    await page.route(/\/api\/([\w.]+,)*keys\.list\b/, async (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      const inputs = JSON.parse(searchParams.get('input') ?? '{}');
      const response = await route.fetch();
      const answers: object[] = await response.json();
      for (const [n, name] of pathname.replace('/api/', '').split(',').entries()) {
        const { cursor, ...input } = inputs[n] ?? {};
        const asked = JSON.stringify(input);
        if (name !== 'keys.list') continue;
        if (cursor !== 'more') held.set(asked, answers[n] ?? {});
        answers[n] = cursor === 'more' ? (held.get(asked) ?? {}) : emptied;
      }
      return route.fulfill({ json: answers });
    });

    await page.goto('/');
    await page.getByText('1 of 4 done').waitFor();
    await page.keyboard.press('Control+k');
    const search = page.getByRole('dialog', { name: 'Go to' });
    await search.getByRole('textbox').fill('found');
    await search.getByRole('button', { name: /Found late/ }).waitFor();
    await page.keyboard.press('Escape');

    await page.goto('/usage');
    await page.getByRole('combobox', { name: 'Key', exact: true }).click();
    await page.getByRole('option', { name: 'Found late' }).waitFor();

    await page.goto('/security');
    await page.getByLabel('The examples are for').selectOption(key.id);
    await page.goto('/keys');
    await page.getByRole('main').getByText('Found late').first().waitFor();
    expect(held.size).toBeGreaterThan(3);
  });
});
