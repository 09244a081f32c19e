import { expect } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('the page of the security procedure', () => {
  const { test } = requires('browser');
  const at = visited();

  test('is public, in both languages, and has no broken link', async () => {
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/security#signatures');
    await at.page.getByRole('heading', { name: 'Signatures', level: 2 }).waitFor();
    expect(await at.page.title()).toBe('Security procedure · Keyseal');
    await expect.poll(() => at.page.evaluate('scrollY')).toBeGreaterThan(0);
    await at.page.getByText('Sign in to see the examples').waitFor();
    await at.page.getByText('Bearer ks_test_<id>_…').first().waitFor();
    await expectGood(at.page, 'security');

    const links = await at.page
      .locator('article a, nav ul a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    const missing: string[] = [];
    for (const link of new Set(links)) {
      const { href, pathname, hash } = new URL(link, at.page.url());
      const anchor = `id="${decodeURIComponent(hash.slice(1))}"`;
      const text = pathname === '/security' ? await at.page.content() : await (await fetch(href)).text();
      if (hash !== '' && !text.includes(anchor)) missing.push(link);
    }
    expect(missing).toEqual([]);

    await at.page.getByRole('button', { name: 'Language, Colours' }).click();
    await at.page.getByRole('menu').getByText('Français', { exact: true }).click();
    await at.page.getByRole('heading', { name: 'Jetons d’utilisateur', level: 2 }).waitFor();
    expect(await at.page.title()).toBe('Procédure de sécurité · Keyseal');
    expect(await at.page.getByText('User tokens').count()).toBe(0);
  }, 60_000);

  test("uses the reader's own key in its examples", async () => {
    const email = await signUp(at.page);
    const person = await clientOf(at.service, email);
    const { key } = await person.keys.create.mutate({
      name: '<b>Mine</b>',
      environment: 'live',
      permissions: ['exemple:read'],
    });
    const { id } = key;
    await at.page.goto('/security');
    await at.page.getByLabel('The examples are for').selectOption(id);
    await at.page.getByText(`authorization: Bearer ks_live_${id}_…`).first().waitFor();
    await at.page.getByText(`x-signature: v1,k=${id},t=…,n=…,s=…`).waitFor();
    const curl = at.page.getByLabel('A call in curl');
    expect(await curl.last().innerText()).toContain(`k=${id},t=$T,n=$N,s=$S`);
    expect(await at.page.locator('article').innerText()).not.toContain('<id>');
  });
});
