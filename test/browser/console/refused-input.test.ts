import { expect, onTestFinished, vi } from 'vitest';
import { clientOf, expectGood, PASSWORD, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

const COMMON = 'password1234';
const WEAK = 'This password is easy to guess.';

requires('browser').describe('input that the service refuses', () => {
  const { test } = requires('browser');
  const at = visited();

  const password = (on = at.page) => on.locator('input[name=password]');
  const submit = (on = at.page) => on.locator('button[type=submit]').click();

  test('a common password is marked at sign-up, and its message leaves with the next error', async () => {
    await at.page.goto('/sign-up');
    await at.page.getByLabel('E-mail').fill('common@example.com');
    await password().fill(COMMON);
    await submit();
    await at.page.getByText(WEAK).waitFor();
    expect(await password().getAttribute('aria-invalid')).toBe('true');
    expect(await at.page.getByText('INPUT_INVALID').count()).toBe(0);
    await expectGood(at.page, 'sign-up-common-password');
    await password().fill('short');
    await submit();
    await at.page.getByText('At least 12 characters, at most 1,024 bytes.').waitFor();
    expect(await at.page.getByText(WEAK).count()).toBe(0);
  });

  test('a box about one attempt leaves when the page refuses the next', async () => {
    await at.page.goto('/sign-up');
    await at.page.route('**/api/auth.signUp*', (route) => route.abort('failed'));
    await at.page.getByLabel('E-mail').fill('box@example.com');
    await password().fill(PASSWORD);
    await submit();
    await at.page.getByRole('alert').first().waitFor();
    await password().fill('short');
    await submit();
    await at.page.getByText('At least 12 characters, at most 1,024 bytes.').waitFor();
    await expect.poll(() => at.page.getByRole('alert').count()).toBe(0);
  });

  test('a common password is marked on the invitation and on the password link, in French', async () => {
    const founder = await clientOf(at.service, await signUp(at.page));
    const { token } = await founder.invitations.create.mutate({ email: 'guest@example.com', role: 'viewer' });
    const guest = await visit(at.browser, at.service.url, { locale: 'fr-FR' });
    onTestFinished(() => guest.context.close());
    await guest.page.goto(`/invitation#${token}`);
    await password(guest.page).fill(COMMON);
    await submit(guest.page);
    await guest.page.getByText('Ce mot de passe est facile à deviner.').waitFor();
    await password(guest.page).fill(PASSWORD);
    await submit(guest.page);
    await guest.page.waitForURL('/');

    const { items } = await founder.members.list.query({});
    const { userId = '' } = items.find(({ email }) => email === 'guest@example.com') ?? {};
    const reset = await founder.auth.createReset.mutate({ userId });
    await guest.page.goto(`/reset#${reset.token}`);
    await password(guest.page).fill(COMMON);
    await submit(guest.page);
    await guest.page.getByText('Ce mot de passe est facile à deviner.').waitFor();
    expect(await guest.page.getByText('INPUT_INVALID').count()).toBe(0);
  });

  test('a common password is marked on the profile, and an address in the invitation', async () => {
    await signUp(at.page);
    await at.page.goto('/profile');
    await at.page.getByLabel('Current password').fill(PASSWORD);
    await at.page.getByLabel('New password').fill(COMMON);
    await at.page.getByRole('button', { name: 'Change the password' }).click();
    await at.page.getByText(WEAK).waitFor();

    await at.page.getByRole('button', { name: 'Delete the account' }).click();
    const dialog = at.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete the account' }).click();
    await dialog.getByText('This is not your current password.').waitFor();

    await at.page.goto('/team');
    await at.page.getByRole('button', { name: 'Invite someone' }).click();
    // A browser sees an address in it, and the service does not.
    await at.page.getByLabel('E-mail').fill('a..b@example.com');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    await at.page.getByText('Enter an e-mail address, such as').waitFor();
    expect(await at.page.getByText('INPUT_INVALID').count()).toBe(0);
  });
});
