import { expect, vi } from 'vitest';
import { clientOf, expectGood, signUp } from '../../harness/console.ts';
import { visitedWithWorkloads } from '../../harness/console-workloads.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { exchange, jobToken, keyOfExchange } from '../../harness/workloads.ts';

vi.setConfig({ testTimeout: 120_000 });

requires('browser').describe('workload identity in the console', () => {
  const { test } = requires('browser');
  const at = visitedWithWorkloads();

  const dialog = () => at.page.getByRole('dialog');

  test('creates a rule from a preset, shows it, and deletes it with its keys', async () => {
    const email = await signUp(at.page);
    await at.page.goto('/workspace');
    await at.page.getByText('There are no exchange rules.', { exact: true }).waitFor();
    await at.page.getByRole('button', { name: 'Create a rule', exact: true }).click();
    await dialog().getByLabel('Name').fill('Deploy <b>the shop</b>');
    await dialog().getByLabel('Preset', { exact: true }).selectOption('github');
    const subject = dialog().getByLabel('Subject');
    expect(await subject.inputValue()).toBe('repo:ORG/REPO:ref:refs/heads/main');
    await expectGood(at.page, 'workload-rule-form');
    await subject.fill('*');
    await dialog().getByRole('button', { name: 'Create the rule', exact: true }).click();
    await dialog().getByText('1 to 255 printable ASCII characters.').waitFor();
    await subject.fill('repo:acme/shop:ref:refs/heads/*');
    await dialog().getByLabel('Further claims').fill('repository_owner=acme');
    await dialog().getByRole('button', { name: 'Create the rule', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await at.page.getByText('Deploy <b>the shop</b>', { exact: true }).waitFor();
    await at.page.getByText('repository_owner=acme', { exact: true }).waitFor();

    const client = await clientOf(at.service, email);
    const { items } = await client.exchangeRules.list.query();
    const [rule] = items;
    expect(rule).toMatchObject({ issuer: 'github', environment: 'live', lifetimeSeconds: 900 });
    const token = jobToken(at.issuer, { aud: rule?.audience, repository_owner: 'acme' });
    const key = keyOfExchange(await exchange(at.service, token));
    expect((await query(at.service, key, 'exemple')).status).toBe(200);
    await at.page.reload();
    await at.page.getByText('1 valid key').waitFor();
    for (const width of [360, 1440]) {
      await at.page.setViewportSize({ width, height: 900 });
      await expectGood(at.page, `workload-rules-${width}`);
    }

    await at.page
      .getByRole('button', { name: 'Delete the rule Deploy <b>the shop</b>', exact: true })
      .click();
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await at.page.getByText('There are no exchange rules.', { exact: true }).waitFor();
    expect((await query(at.service, key, 'exemple')).reason).toBe('KEY_REVOKED');
  });

  test('edits a rule: a new name revokes nothing, and anything else does', async () => {
    const client = await clientOf(at.service, await signUp(at.page));
    const audience = 'https://edited.example.com';
    const { id } = await client.exchangeRules.create.mutate({
      ...{ name: 'Deploy', issuer: 'github', audience, subject: 'repo:acme/shop:ref:refs/heads/main' },
      ...{ environment: 'live', permissions: ['exemple:read'], lifetimeSeconds: 600 },
      claims: { repository_owner: 'acme' },
    });
    const token = jobToken(at.issuer, { aud: audience, repository_owner: 'acme' });
    const key = keyOfExchange(await exchange(at.service, token));
    const save = async () => {
      await dialog().getByRole('button', { name: 'Save the rule', exact: true }).click();
      await dialog().waitFor({ state: 'detached' });
    };
    await at.page.goto('/workspace');
    await at.page.getByRole('button', { name: 'Edit the rule Deploy', exact: true }).click();
    expect(await dialog().getByLabel('Further claims').inputValue()).toBe('repository_owner=acme');
    await dialog().getByLabel('Name').fill('Deploy it');
    await expectGood(at.page, 'workload-rule-edit');
    await save();
    await at.page.getByText('Deploy it', { exact: true }).waitFor();
    expect((await query(at.service, key, 'exemple')).status).toBe(200);
    const kept = { id, claims: { repository_owner: 'acme' }, lifetimeSeconds: 600, activeKeys: 1 };
    expect((await client.exchangeRules.list.query()).items).toMatchObject([kept]);

    await at.page.getByRole('button', { name: 'Edit the rule Deploy it', exact: true }).click();
    await dialog().getByLabel('Subject').fill('repo:acme/shop:ref:refs/heads/release');
    await save();
    expect((await query(at.service, key, 'exemple')).reason).toBe('KEY_REVOKED');
  });

  test('is in French, and fits a narrow window', async () => {
    await signUp(at.page);
    await at.page.evaluate("localStorage.setItem('keyseal-language', 'fr')");
    await at.page.setViewportSize({ width: 360, height: 900 });
    await at.page.goto('/workspace');
    await at.page.getByRole('heading', { name: 'Identité des charges de travail', exact: true }).waitFor();
    await at.page.getByRole('button', { name: 'Créer une règle', exact: true }).click();
    await dialog().getByLabel('Modèle', { exact: true }).selectOption('kubernetes');
    expect(await dialog().getByLabel('Sujet').inputValue()).toBe('system:serviceaccount:NAMESPACE:NAME');
    await expectGood(at.page, 'workload-rule-form-fr-360');
  });
});
