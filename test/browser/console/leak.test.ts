import { expect, vi } from 'vitest';
import { expectGood, PASSWORD, showSecrets, signUp, visited } from '../../harness/console.ts';
import { createKey, mutate, type Person } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { signInAgain } from '../../harness/teams.ts';
import { type Credentials, queryTarget, send, sign } from '../../harness/wire.ts';

vi.setConfig({ testTimeout: 240_000 });

const POWERS = ['exemple:read', 'keys:write', 'keys:read'];

requires('browser').describe('a key that may have leaked', () => {
  const { test } = requires('browser');
  const at = visited();

  const newcomer = async (): Promise<Person> => {
    const email = await signUp(at.page);
    return signInAgain(at.service, { email, password: PASSWORD });
  };
  const reasonOf = async (key: Credentials) => {
    const draft = sign(key, queryTarget('exemple'), { authority: at.service.authority });
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };
  const dialog = () => at.page.getByRole('dialog');

  test('is rotated without a grace period, after a look at what it did, and its keys are named', async () => {
    const person = await newcomer();
    const key = await createKey(at.service, person, { name: 'Leaky', permissions: POWERS });
    const child = await mutate(at.service, key, 'keys.create', {
      name: 'Child',
      environment: 'test',
      permissions: ['exemple:read'],
    });
    const childId: string = (child.json as { result: { data: { key: { id: string } } } }).result.data.key.id;
    expect(await reasonOf(key)).toBe('OK');

    await at.page.goto(`/keys/${key.id}`);
    await at.page.getByRole('button', { name: 'Report a leak…' }).click();
    await dialog().getByRole('cell', { name: '127.0.0.1' }).waitFor();
    await dialog()
      .getByText(/Key created ·/)
      .waitFor();
    await dialog().getByText('2 calls in the last hour, 2 in the last 24 hours.').waitFor();
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await expectGood(at.page, 'leak-1440');
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'leak-360');

    await dialog().getByRole('button', { name: 'Rotate now' }).dblclick();
    await dialog().getByText('The old secrets no longer work.').waitFor();
    expect(await reasonOf(key)).toBe('KEY_INVALID');
    await showSecrets(dialog());
    const secret = await dialog().getByLabel('API key', { exact: true }).innerText();
    const signingSecret = await dialog().getByLabel('Signing secret', { exact: true }).innerText();
    expect(await reasonOf({ id: key.id, apiKey: secret, signingSecret })).toBe('OK');
    await dialog().getByRole('link', { name: childId }).waitFor();
    await at.page.keyboard.press('Escape');
    await dialog().getByText('What to do next').waitFor();
    await expectGood(at.page, 'leak-rotated-360');
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await at.page.content()).not.toContain(signingSecret);
  });

  const COUNTED = {
    en: [
      'Report a leak…',
      'It was last used',
      '1 call with this key was refused',
      '2 calls in the last hour',
    ],
    fr: ['Signaler une fuite…', 'Dernier appel', '1 appel avec cette clé a été refusé', '2 appels dans la'],
  } as const;
  for (const [language, [open, used, refused, calls]] of Object.entries(COUNTED))
    test(`shows its last use and its refused calls as they are when the dialog opens (${language})`, async () => {
      const person = await newcomer();
      const limits = [{ name: 'one', limit: 1, windowSeconds: 3_600 }];
      const key = await createKey(at.service, person, { name: 'Busy', limits });
      await at.page.goto(`/keys/${key.id}?tab=settings`);
      if (language === 'fr') {
        await at.page.getByRole('button', { name: 'Language' }).click();
        await at.page.getByText('Français').click();
      }
      await at.page.getByRole('button', { name: open }).waitFor();
      expect([await reasonOf(key), await reasonOf(key)]).toEqual(['OK', 'RATE_LIMITED']);
      await at.page.getByRole('button', { name: open }).click();
      // Sooner than the page itself asks again.
      await dialog().getByText(used).waitFor({ timeout: 5_000 });
      await dialog().getByText(refused).waitFor();
      await dialog().getByText(calls).waitFor();
    });

  test('is revoked after its name was typed, in French', async () => {
    const person = await newcomer();
    const key = await createKey(at.service, person, { name: 'Fuite <b>1</b>' });
    await at.page.goto(`/keys/${key.id}`);
    await at.page.getByRole('button', { name: 'Language' }).click();
    await at.page.getByText('Français').click();
    await at.page.getByRole('button', { name: 'Signaler une fuite…' }).click();
    await dialog().getByText('Elle n’a rien modifié').waitFor();
    await dialog().getByText('Aucun appel ces dernières 24 heures').waitFor();
    await dialog().getByLabel('Révoquer définitivement').check();
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'leak-fr-360');
    const send = dialog().getByRole('button', { name: 'Révoquer définitivement' });
    await send.click();
    await dialog().getByText('Cela ne correspond pas.').waitFor();
    expect(await reasonOf(key)).toBe('OK');
    await dialog()
      .getByLabel(/pour confirmer$/)
      .fill('Fuite <b>1</b>');
    await send.click();
    await dialog().getByText('La clé est révoquée.').waitFor();
    expect(await reasonOf(key)).toBe('KEY_REVOKED');
    await expectGood(at.page, 'leak-revoked-fr-360');
    await dialog().getByRole('button', { name: 'Fermer' }).last().click();
    await dialog().waitFor({ state: 'detached' });
    expect(await at.page.getByRole('button', { name: 'Signaler une fuite…' }).count()).toBe(0);
  });
});
