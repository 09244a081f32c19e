import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, vi } from 'vitest';
import { leave, opened, PASSWORD, picture, visit } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000 });

const run = promisify(execFile);

/** Runs what is on the page, as a terminal would. */
const paste = async (text: string) => (await run('bash', ['-c', text])).stdout;

requires('browser', 'bash', 'curl', 'openssl').describe('a person who has never seen the console', () => {
  const { test } = requires('browser', 'bash', 'curl', 'openssl');
  const at = opened();

  test('gets to a call, rotates a key, finds why a call was refused, and invites a colleague', async () => {
    const visitor = await visit(at.browser, at.service.url, { viewport: { width: 1440, height: 900 } });
    onTestFinished(() => leave(visitor, at.service));
    const { page } = visitor;
    await signUpFromRoot(page);
    const first = await callWithNewKey(page);
    await rotate(page, first);
    await findRefusal(page);
    await invite(page);
  });

  async function signUpFromRoot(page: Page): Promise<void> {
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign up' }).click();
    // Both pages have a field for the address.
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    await page.getByLabel('E-mail').fill('newcomer@example.com');
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up', exact: true }).click();
    await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
  }

  /** The secrets are masked on the page, and not in what its button copies. */
  async function copyCall(page: Page): Promise<string> {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy: The call in curl' }).click();
    return page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** From the checklist, which the person sees first, to the green line. @returns the call that was pasted */
  async function callWithNewKey(page: Page): Promise<string> {
    await page.getByRole('link', { name: 'Create a key (To do)' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Nightly import');
    await page.getByRole('dialog').getByRole('button', { name: 'Create the key' }).click();
    await page.getByText('Waiting for your first call…').waitFor();
    const snippet = await copyCall(page);
    expect(await paste(snippet)).toContain('HTTP/1.1 200');
    await page.getByText('Your first call has arrived.').waitFor();
    await picture(page, 'newcomer-green');
    await page.getByRole('button', { name: 'Done' }).click();
    return snippet;
  }

  async function rotate(page: Page, before: string): Promise<void> {
    await page.getByRole('link', { name: 'Nightly import', exact: true }).click();
    // The list has a menu of that name too, which closes as the key's page opens.
    await page.getByRole('heading', { name: 'Nightly import', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Actions for Nightly import' }).click();
    await page.getByRole('menuitem', { name: 'Rotate…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Not at all/).check();
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    const snippet = await copyCall(page);
    expect(await paste(before)).toContain('KEY_INVALID');
    expect(await paste(snippet)).toContain('HTTP/1.1 200');
    // The key is the new one, and its secret is mistyped.
    const wrong = snippet.replace(/-hmac 'kss_/, "-hmac 'kss_x");
    expect(await paste(wrong)).toContain('SIGNATURE_INVALID');
    await page.getByRole('button', { name: 'Done' }).click();
  }

  /** From the overview, without the id of the request. */
  async function findRefusal(page: Page): Promise<void> {
    await page
      .getByRole('navigation', { name: 'Pages', exact: true })
      .getByRole('link', { name: 'Request log' })
      .click();
    await page.getByLabel('Outcome').selectOption('refused');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('1 call shown.').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'Nightly import' });
    await row.getByText('SIGNATURE_INVALID').waitFor();
    await row.getByRole('button').last().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('SIGNATURE_INVALID').first().waitFor();
    await drawer.getByRole('link', { name: 'Open the signature debugger' }).click();
    await page.getByRole('heading', { name: 'Signature debugger', level: 1 }).waitFor();
    await page.getByRole('table', { name: 'The call in the request log' }).waitFor();
    await picture(page, 'newcomer-refusal');
  }

  async function invite(page: Page): Promise<void> {
    await page
      .getByRole('navigation', { name: 'Pages', exact: true })
      .getByRole('link', { name: 'Overview' })
      .click();
    await page.getByRole('link', { name: 'Invite a colleague (To do)' }).click();
    await page.getByRole('button', { name: 'Invite someone' }).click();
    await page.getByLabel('E-mail').fill('colleague@example.com');
    await page.getByRole('button', { name: 'Create invite link' }).click();
    const link = await page.getByRole('dialog').locator('code').innerText();
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    const colleague = await visit(at.browser, at.service.url);
    onTestFinished(() => leave(colleague, at.service));
    await colleague.page.goto(link);
    await colleague.page.locator('input[name=password]').fill(PASSWORD);
    await colleague.page.locator('button[type=submit]').click();
    await colleague.page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.reload();
    await page.getByRole('row').filter({ hasText: 'colleague@example.com' }).waitFor();
  }
});
