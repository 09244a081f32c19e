import { expect, onTestFinished, vi } from 'vitest';
import { clientOf, expectGood, PASSWORD, signIn, signUp, visit, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';
import { startEmptyService } from '../../harness/service.ts';

vi.setConfig({ testTimeout: 120_000 });

const ANOTHER = 'another horse battery';

requires('browser').describe('accounts and members in the console', () => {
  const { test } = requires('browser');
  const at = visited();

  const submit = (on = at.page) => on.locator('button[type=submit]').click();
  const fillPassword = (password: string, on = at.page) => on.locator('input[name=password]').fill(password);

  test('create the first account with the set-up token, then close sign-up', async () => {
    const empty = await startEmptyService({
      KEYSEAL_SIGN_UP: 'first',
      KEYSEAL_SETUP_TOKEN: 'the set-up token',
    });
    onTestFinished(() => empty.stop());
    const first = await visit(at.browser, empty.url);
    onTestFinished(() => first.context.close());
    await first.page.goto('/');
    // There is no account yet.
    await first.page.waitForURL(/\/sign-up\?next=%2F/);
    await first.page.getByLabel('Set-up token').fill('a guess');
    await first.page.getByLabel('E-mail').fill('first@example.com');
    await fillPassword(PASSWORD, first.page);
    await submit(first.page);
    await first.page.getByText('This set-up token is wrong').waitFor();
    await first.page.getByLabel('Set-up token').fill('the set-up token');
    await submit(first.page);
    await first.page.getByRole('heading', { name: 'Overview' }).waitFor();
    const late = await visit(at.browser, empty.url);
    onTestFinished(() => late.context.close());
    await late.page.goto('/sign-up');
    await late.page.getByRole('heading', { name: 'Sign-up is closed' }).waitFor();
  });

  test('invite a person by a link, give them a role and a password link, and remove them', async () => {
    await signUp(at.page);
    await at.page.goto('/team');
    await at.page.getByRole('button', { name: 'Invite someone' }).click();
    await at.page.getByLabel('Admin').check();
    await at.page.getByText('Members, invitations, service keys, the audit log').waitFor();
    await expectGood(at.page, 'team-invite');
    await at.page.getByLabel('Developer').check();
    await at.page.getByLabel('E-mail').fill('not an address');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    await at.page.getByText('Enter an e-mail address, such as').waitFor();
    await at.page.getByLabel('E-mail').fill('guest@example.com');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    await at.page.getByRole('dialog', { name: 'Send this link to guest@example.com' }).waitFor();
    const link = await at.page.getByRole('dialog').locator('code').innerText();
    expect(new URL(link).pathname).toBe('/invitation');
    await at.page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    await at.page.getByRole('cell', { name: 'guest@example.com', exact: true }).waitFor();
    const pending = at.page.getByRole('table', { name: 'Pending invitations' });
    for (const name of ['E-mail', 'Role', 'Valid until'])
      await pending.getByRole('columnheader', { name, exact: true }).waitFor();

    const guest = await visit(at.browser, at.service.url);
    onTestFinished(() => guest.context.close());
    await guest.page.goto(link);
    // The token is in no history.
    const address = guest.page.getByRole('textbox', { name: 'E-mail' });
    expect(await address.inputValue()).toBe('guest@example.com');
    expect(guest.page.url()).toBe(`${at.service.url}/invitation`);
    await guest.page.getByRole('textbox', { name: 'Name', exact: true }).fill('<b>Guest</b> \u200Fabc');
    await fillPassword(PASSWORD, guest.page);
    await submit(guest.page);
    await guest.page.waitForURL('/');
    await guest.page.goto('/team');
    // A developer manages no member.
    await guest.page.getByRole('heading', { name: 'Members' }).waitFor();
    expect(await guest.page.getByRole('combobox').count()).toBe(0);

    // The page of whoever invited shows it by itself.
    const invited = at.page.getByRole('row').filter({ hasText: 'guest@example.com' });
    await expect.poll(() => invited.getByRole('combobox').count(), { timeout: 20_000 }).toBe(1);
    await at.page.getByText('There are no pending invitations.').waitFor();
    const row = at.page.getByRole('row').filter({ hasText: 'guest@example.com' });
    await row.getByText('<b>Guest</b> \u200Fabc').waitFor();
    await row.getByRole('combobox').selectOption('viewer');
    await expect.poll(() => row.getByRole('combobox').inputValue()).toBe('viewer');
    // A role that changes others, and a loss of one's own, take effect after a question.
    const question = at.page.getByRole('dialog', { name: 'Change a role' });
    for (const answer of ['Cancel', 'Change the role']) {
      await row.getByRole('combobox').selectOption('owner');
      await question.getByText('Everything. Only owners delete').waitFor();
      expect(await row.getByRole('combobox', { includeHidden: true }).inputValue()).toBe('viewer');
      await question.getByRole('button', { name: answer }).click();
      await question.waitFor({ state: 'detached' });
    }
    await expect.poll(() => row.getByRole('combobox').inputValue()).toBe('owner');
    const mine = at.page.getByRole('row').filter({ hasText: 'You' }).getByRole('combobox');
    await mine.selectOption('viewer');
    await question.getByText(/^You give up your role/).waitFor();
    await expectGood(at.page, 'team-role');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await mine.inputValue()).toBe('owner');
    await row.getByRole('combobox').selectOption('viewer');
    await expect.poll(() => row.getByRole('combobox').inputValue()).toBe('viewer');
    await row.getByRole('button', { name: /Create a link/ }).click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Create password link' }).click();
    const reset = await at.page.getByRole('dialog').locator('code').innerText();
    // What is shown once is not lost by a stray key.
    await at.page.keyboard.press('Escape');
    const shown = at.page.getByRole('dialog').filter({ has: at.page.locator('code') });
    await shown.waitFor();
    await shown.getByRole('button', { name: 'Done' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    await guest.page.goto(reset);
    await fillPassword(ANOTHER, guest.page);
    await submit(guest.page);
    await guest.page.getByText('Your password is set.').waitFor();
    await signIn(guest.page, 'guest@example.com', ANOTHER);

    await row.getByRole('button', { name: /^Remove/ }).click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await guest.page.goto('/usage');
    await guest.page.getByText('You are no longer a member of this workspace').waitFor();
    await guest.page.getByLabel('Name').fill('My own');
    await guest.page.getByRole('button', { name: 'Create the workspace' }).click();
    await guest.page.getByRole('button', { name: /My own/ }).waitFor();
    expect(guest.consoleErrors).toEqual([]);
  });

  const WORKSPACE = `\u200F${'長'.repeat(98)}😀`;
  const LANGUAGES = [
    ['en-GB', 360, `Join ${WORKSPACE}`, ['Workspace', 'Invited by', 'Your role', 'For', 'Valid until']],
    ['fr-FR', 1440, `Rejoindre ${WORKSPACE}`, ['Espace de travail', 'De la part de', 'Votre rôle', 'Pour']],
  ] as const;
  for (const [locale, width, title, names] of LANGUAGES)
    test(`show what an invitation is for, before it is accepted (${locale})`, async () => {
      const email = await signUp(at.page);
      const founder = await clientOf(at.service, email);
      await founder.workspaces.rename.mutate({ name: WORKSPACE });
      await founder.auth.updateProfile.mutate({ name: 'Ada <Lovelace>' });
      const invited = { email: `invited-${width}@example.com`, role: 'viewer' } as const;
      const { token } = await founder.invitations.create.mutate(invited);
      const guest = await visit(at.browser, at.service.url, { locale });
      onTestFinished(() => guest.context.close());
      await guest.page.setViewportSize({ width, height: 900 });
      await guest.page.goto(`/invitation#${token}`);
      await guest.page.getByRole('heading', { name: title, exact: true }).waitFor();
      for (const name of names) await guest.page.getByRole('rowheader', { name, exact: true }).waitFor();
      await guest.page.getByRole('cell', { name: WORKSPACE, exact: true }).waitFor();
      await guest.page.getByRole('cell', { name: 'Ada <Lovelace>', exact: true }).waitFor();
      await guest.page.getByRole('cell', { name: invited.email, exact: true }).waitFor();
      await expectGood(guest.page, `invitation-shown-${locale}`);
      expect([guest.consoleErrors, guest.elsewhere]).toEqual([[], []]);
    });

  test('offer no invitation to another account, and show one that was withdrawn no longer', async () => {
    const email = await signUp(at.page);
    const founder = await clientOf(at.service, email);
    const invited = 'someone-else@example.com';
    const made = await founder.invitations.create.mutate({ email: invited, role: 'viewer' });
    await at.page.goto(`/invitation#${made.token}`);
    await at.page.getByText('This invitation is for another e-mail address.').waitFor();
    expect(await at.page.getByRole('button', { name: 'Accept the invitation' }).count()).toBe(0);
    await expectGood(at.page, 'invitation-other-account');
    await at.page.getByRole('button', { name: 'Sign out' }).click();
    await at.page.getByRole('tab', { name: 'Sign up' }).waitFor();

    await founder.invitations.revoke.mutate({ id: made.invitation.id });
    await at.page.goto('about:blank');
    await at.page.goto(`/invitation#${made.token}`);
    await at.page.getByText('The service did not accept the invitation.').waitFor();
    expect(await at.page.getByText(invited).count()).toBe(0);
    expect(await at.page.getByRole('textbox').count()).toBe(0);
    await expectGood(at.page, 'invitation-withdrawn');
    await at.page.getByRole('link', { name: 'Open the console' }).click();
    await at.page.waitForURL('**/sign-in**');
    await at.page.goto('/reset');
    await at.page.getByText('This link is incomplete').waitFor();
    await at.page.getByRole('link', { name: 'Open the console' }).click();
    await at.page.waitForURL('**/sign-in**');
  });

  test('let an owner sponsor a workspace whose sponsor has left', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/workspace');
    await at.page.getByText('You sponsor this workspace.').waitFor();
    expect(await at.page.getByRole('button', { name: 'Sponsor this workspace' }).count()).toBe(0);

    const founder = await clientOf(at.service, email);
    const heir = await visit(at.browser, at.service.url);
    onTestFinished(() => heir.context.close());
    const invited = 'heir@example.com';
    const { token } = await founder.invitations.create.mutate({ email: invited, role: 'owner' });
    await heir.page.goto(`/invitation#${token}`);
    await heir.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Heir');
    await fillPassword(PASSWORD, heir.page);
    await submit(heir.page);
    await heir.page.waitForURL('/');
    await heir.page.goto('/workspace');
    await heir.page.getByText(/ sponsors this workspace\.$/).waitFor();
    expect(await heir.page.getByRole('button', { name: 'Sponsor this workspace' }).count()).toBe(0);

    await founder.members.leave.mutate();
    await heir.page.reload();
    await heir.page.getByText('Nobody sponsors this workspace.').waitFor();
    await heir.page.getByRole('button', { name: 'Sponsor this workspace' }).click();
    await heir.page.getByText('You sponsor this workspace.').waitFor();
    await expectGood(heir.page, 'team-sponsor');
    expect(heir.consoleErrors).toEqual([]);
  });

  test('keep an open form when the session ends, for the same person', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/team');
    await at.page.getByRole('button', { name: 'Invite someone' }).click();
    await at.page.getByLabel('E-mail').fill('half-written@example.com');
    const elsewhere = await visit(at.browser, at.service.url);
    onTestFinished(() => elsewhere.context.close());
    await signIn(elsewhere.page, email);
    await elsewhere.page.goto('/sessions');
    await elsewhere.page.getByRole('button', { name: 'End all others' }).click();
    await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
    await elsewhere.page.getByText('You are signed in nowhere else.').waitFor();

    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    const door = at.page.getByRole('dialog').filter({ hasText: 'Your session has ended' });
    await door.locator('input[name=password]').fill(PASSWORD);
    await door.getByRole('button', { name: 'Sign in', exact: true }).click();
    await door.waitFor({ state: 'detached' });
    expect(await at.page.getByLabel('E-mail').inputValue()).toBe('half-written@example.com');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    await at.page.getByRole('dialog').getByText('half-written@example.com').waitFor();
  });

  test('let a person change name, password and language, and delete the account', async () => {
    const email = await signUp(at.page);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/profile');
    await at.page.getByLabel('Name').fill('Ada 👩🏽‍💻');
    await at.page.getByRole('button', { name: 'Save' }).click();
    await at.page.getByText('Saved.').waitFor();
    await expectGood(at.page, 'profile');
    await at.page.getByLabel('Current password').fill('wrong');
    await at.page.getByLabel('New password').fill(ANOTHER);
    await at.page.getByRole('button', { name: 'Change the password' }).click();
    await at.page.getByText('This is not your current password.').waitFor();
    await at.page.getByLabel('Current password').fill(PASSWORD);
    await at.page.getByRole('button', { name: 'Change the password' }).click();
    await at.page.getByText('The password is changed.').waitFor();
    await at.page.getByText('Français').click();
    await at.page.getByRole('heading', { name: 'Profil' }).waitFor();
    expect(await at.page.evaluate('document.documentElement.lang')).toBe('fr');
    await at.page.goto('/sessions');
    await at.page.getByText('Cette session').waitFor();
    await expectGood(at.page, 'sessions');
    await at.page.goto('/team');
    await at.page.getByRole('heading', { name: 'Équipe' }).waitFor();
    await at.page.getByRole('cell', { name: /Ada/ }).waitFor();
    await expectGood(at.page, 'team');
    await at.page.goto('/profile');
    await at.page.getByRole('button', { name: 'Supprimer le compte' }).click();
    await at.page.getByRole('dialog').getByLabel('Mot de passe actuel').fill(ANOTHER);
    await at.page.getByRole('dialog').getByRole('button', { name: 'Supprimer le compte' }).click();
    await at.page.waitForURL('**/sign-in');
    await at.page.getByLabel('Adresse e-mail').fill(email);
    await fillPassword(ANOTHER);
    await submit();
    await at.page.getByText('Adresse e-mail ou mot de passe incorrect').waitFor();
  });
});
