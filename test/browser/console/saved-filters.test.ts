import { expect, vi } from 'vitest';
import { expectGood, signIn, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

requires('browser').describe('saved filters of the console', () => {
  const { test } = requires('browser');
  const at = visited();

  const dialog = () => at.page.getByRole('dialog');
  const button = (name: string) => dialog().getByRole('button', { name, exact: true });
  const open = async () => {
    await at.page.getByRole('button', { name: /^Saved filters/ }).click();
    await dialog().getByText('Kept in this browser only').waitFor();
  };
  const save = async (name: string) => {
    await dialog().getByLabel('Name of the current filter').fill(name);
    await button('Save').click();
  };

  for (const [path, filter, other] of [
    ['/requests', '?procedure=exemple&outcome=refused', '/requests'],
    ['/audit', '?action=keys.create', '/audit'],
  ] as const)
    test(`are saved, opened, renamed and deleted on ${path}`, async () => {
      await signUp(at.page);
      await at.page.setViewportSize({ width: 360, height: 740 });
      await at.page.goto(other);
      await open();
      await dialog().getByText('To save a filter, set one on the page first.').waitFor();
      await dialog().getByRole('button', { name: 'Close' }).click();
      await dialog().waitFor({ state: 'detached' });

      await at.page.goto(path + filter);
      await open();
      await button('Save').click();
      await dialog().getByText('1 to 60 characters on one line.').waitFor();
      await save('<b>mine</b> \u200Fabc 🔑');
      await button('Open <b>mine</b> \u200Fabc 🔑').waitFor();
      await save('<b>mine</b> \u200Fabc 🔑');
      await dialog().getByText('Another filter has this name.').waitFor();
      await expectGood(at.page, `saved-filters${path.replace('/', '-')}`);
      await button('Rename <b>mine</b> \u200Fabc 🔑').click();
      await dialog().getByLabel('New name').fill('Mine');
      await button('Save').first().click();
      await button('Open Mine').waitFor();

      await at.page.goto(other);
      await at.page.getByRole('button', { name: 'Saved filters (1)' }).click();
      await button('Open Mine').click();
      await at.page.waitForURL(`**${path}${filter}`);
      await open();
      await button('Delete Mine').click();
      await dialog().getByText('No filter is saved yet.').waitFor();
    });

  test('of the keys hold the order too, belong to one account, and survive garbage', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/keys?status=revoked&sort=name');
    // A workspace without keys shows the filters all the same, since one is set.
    await open();
    await save('Old ones');
    await button('Open Old ones').waitFor();
    const places = (await at.page.evaluate(
      "Object.keys(localStorage).filter((key) => key.startsWith('keyseal-filters'))",
    )) as string[];
    expect(places).toHaveLength(1);
    await at.page.goto('/keys?status=active');
    await at.page.getByRole('button', { name: 'Saved filters (1)' }).click();
    await button('Open Old ones').click();
    await at.page.waitForURL('**/keys?status=revoked&sort=name');

    // Another person in the same browser sees none of it.
    await at.page.getByRole('button', { name: 'Account' }).click();
    await at.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await at.page.waitForURL('**/sign-in');
    await signUp(at.page);
    await at.page.goto('/keys?status=revoked');
    await open();
    await dialog().getByText('No filter is saved yet.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();

    await at.page.getByRole('button', { name: 'Account' }).click();
    await at.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await at.page.waitForURL('**/sign-in');
    await signIn(at.page, email);
    await at.page.evaluate(`localStorage.setItem(${JSON.stringify(places[0])}, '[{"name":7},"x"')`);
    await at.page.goto('/keys?status=revoked');
    await open();
    await dialog().getByText('No filter is saved yet.').waitFor();
    await save('Again');
    await button('Open Again').waitFor();
  });

  test('say where they are kept in French too, and are bounded', async () => {
    await at.visitor.context.close();
    at.visitor = await visit(at.browser, at.service.url, { locale: 'fr-FR' });
    await signUp(at.page);
    await at.page.goto('/audit?action=keys.create');
    await at.page.getByRole('button', { name: 'Filtres enregistrés' }).click();
    await dialog().getByText('Gardés dans ce navigateur seulement').waitFor();
    await dialog().getByLabel('Nom du filtre actuel').fill('Un');
    await button('Enregistrer').click();
    await button('Ouvrir Un').waitFor();
    const twenty = JSON.stringify(
      Array.from({ length: 25 }, (_, n) => ({ name: `Filtre ${n}`, search: {} })),
    );
    await at.page.evaluate(
      `localStorage.setItem(Object.keys(localStorage).find((key) => key.startsWith('keyseal-filters')), ${JSON.stringify(twenty)})`,
    );
    await at.page.reload();
    await at.page.getByRole('button', { name: 'Filtres enregistrés (20)' }).click();
    await dialog().getByText('Au plus 20 filtres sont gardés').waitFor();
    await expectGood(at.page, 'saved-filters-full-fr');
  });
});
