import type { Dialog } from 'playwright-core';
import { expect } from 'vitest';
import { expectGood, openCreateForm, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

/** Counts words in tables that a line break divides, unless a hyphen or a slash allows it. */
const BROKEN_WORDS = `[...document.querySelectorAll('article :is(td, th)')].flatMap((cell) => {
  const found = [];
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { index, 0: word } of node.data.matchAll(/[\\p{L}]{3,20}/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1) found.push(word);
    }
  }
  return found;
})`;

requires('browser').describe('people who use the console', () => {
  const { test } = requires('browser');
  const at = visited();

  test('see their keys if the browser or a proxy sends a query twice', async () => {
    await signUp(at.page);
    let copies = 0;
    await at.page.route('**/api/keys.list*', async (route) => {
      if (copies++ === 0) await route.fetch();
      await route.continue();
    });
    await at.page.reload();
    await at.page.getByRole('heading', { name: 'API keys' }).waitFor();
    await expect.poll(() => copies).toBeGreaterThan(1);
    await at.page
      .getByRole('main')
      .getByRole('button', { name: /^Create/ })
      .first()
      .waitFor();
    expect(await at.page.getByText('SIGNATURE_REPLAYED').count()).toBe(0);
    expect(await at.page.getByRole('alert').count()).toBe(0);
  });

  test('see no broken words in the tables of the security procedure', async () => {
    for (const width of [360, 768, 1440]) {
      await at.page.setViewportSize({ width, height: 800 });
      await at.page.goto('/security');
      await at.page.getByRole('cell').first().waitFor();
      expect(await at.page.evaluate(BROKEN_WORDS), `at ${width} pixels`).toEqual([]);
    }
  });

  test('are asked before they leave a page with secrets', async () => {
    await signUp(at.page);
    const navigation = at.page.getByRole('navigation');
    await navigation.getByRole('link', { name: 'Playground' }).click();
    await at.page.waitForURL('**/playground');
    await navigation.getByRole('link', { name: 'API keys' }).click();
    await at.page.waitForURL('/keys');
    const dialog = await openCreateForm(at.page);
    await dialog.getByLabel('Name').fill('Precious');
    await dialog.locator('button[type=submit]').click();
    await dialog.getByText('Your key is ready').waitFor();
    const asked: string[] = [];
    const stay = (question: Dialog) => {
      asked.push(question.type());
      void question.dismiss();
    };
    at.page.on('dialog', stay);
    await at.page.evaluate('history.back()');
    await expect.poll(() => asked).toEqual(['confirm']);
    await dialog.getByLabel('Signing secret', { exact: true }).waitFor();
    await at.page.evaluate('location.reload()').catch(() => {});
    await expect.poll(() => asked).toEqual(['confirm', 'beforeunload']);
    await dialog.getByLabel('Signing secret', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    await at.page.goto('/playground');
    await at.page.getByRole('heading', { name: 'Playground' }).waitFor();
    expect(asked).toHaveLength(2);
  });

  test('manage a team on a phone, and cannot take the last owner’s role', async () => {
    await signUp(at.page);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/team');
    const role = at.page.getByRole('combobox', { name: /^Role of/ });
    await role.waitFor();
    const box = await role.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
    expect(await role.isDisabled()).toBe(true);
    await at.page.getByText('The only owner. Make someone else an owner first.').waitFor();
    await at.page.getByRole('button', { name: 'Invite someone' }).click();
    await at.page.getByLabel('E-mail').fill('katherine.johnson.northwind@example-company.com');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    const link = at.page.getByRole('dialog').filter({ has: at.page.locator('code') });
    for (const part of [link.getByRole('heading'), link.getByRole('button', { name: 'Close' })]) {
      const { x = 0, width = 999 } = (await part.boundingBox()) ?? {};
      expect(x + width).toBeLessThanOrEqual(360);
    }
    await link.getByRole('button', { name: 'Done' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    const withdraw = await at.page.getByRole('button', { name: /^Withdraw/ }).boundingBox();
    expect((withdraw?.x ?? 0) + (withdraw?.width ?? 999)).toBeLessThanOrEqual(360);
    await expectGood(at.page, 'team-phone');
  });

  test('get a "not found" page for an unknown address', async () => {
    for (const path of ['/nope', '/Keys', '/keys.html', '/docs/nonsense', '/team/nope', '/keys/a/b']) {
      const response = await at.page.goto(path);
      expect(response?.status()).toBe(404);
      await at.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
      expect(await at.page.title()).toBe('There is no such page · Keyseal');
      expect(await at.page.getByRole('link', { name: 'Go to the overview' }).getAttribute('href')).toBe('/');
      // Within the frame, so that the other pages are one click away.
      await at.page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
    }
    const json = await fetch(`${at.service.url}/nope`);
    expect([json.status, json.headers.get('content-type')]).toEqual([404, 'application/json']);
  });
});
