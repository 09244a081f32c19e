import { eq, sql } from 'drizzle-orm';
import type { Locator } from 'playwright-core';
import { expect, vi } from 'vitest';
import { keys } from '../../../drizzle/schema/keys.ts';
import { expectGood, signUp, visited } from '../../harness/console.ts';
import { insertKeys } from '../../harness/many-keys.ts';
import { requires } from '../../harness/requires.ts';
import { type Credentials, queryTarget, send, sign } from '../../harness/wire.ts';

vi.setConfig({ testTimeout: 240_000 });

const KEYS = [
  { name: 'One' },
  { name: 'Two', environment: 'test' as const },
  { name: 'Three <b>', environment: 'test' as const },
  { name: 'Off', enabled: false },
];

requires('browser').describe('actions for several keys', () => {
  const { test } = requires('browser');
  const at = visited();

  const reasonOf = async (key: Credentials | undefined) => {
    if (!key) throw new Error('no key');
    const draft = sign(key, queryTarget('exemple'), { authority: at.service.authority });
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };
  const rowOf = (name: string): Locator =>
    at.page.getByRole('row').filter({ has: at.page.getByRole('link', { name, exact: true }) });
  const dialog = () => at.page.getByRole('dialog');

  test('disable, with a preview of what breaks, and leave out what they do not apply to', async () => {
    const email = await signUp(at.page);
    const made = await insertKeys(at.service, email, KEYS);
    expect(await reasonOf(made[0])).toBe('OK');
    await at.page.goto('/keys');
    await rowOf('One').waitFor();
    expect(await at.page.getByRole('button', { name: 'Disable…' }).count()).toBe(0);
    await at.page.getByRole('checkbox', { name: 'Select One' }).check();
    await at.page.getByText('1 key selected').waitFor();
    await at.page.getByRole('checkbox', { name: 'Select all keys shown' }).click();
    await at.page.getByRole('checkbox', { name: 'Select all keys shown' }).check();
    await at.page.getByText('4 keys selected').waitFor();
    for (const width of [1440, 360]) {
      await at.page.setViewportSize({ width, height: 800 });
      await expectGood(at.page, `bulk-selected-${width}`);
    }
    await at.page.getByRole('button', { name: 'Disable…' }).click();
    await dialog().getByText('3 keys · 1 live, 2 test').waitFor();
    await dialog().getByText('1 selected key is left out').waitFor();
    await dialog().getByText('1 call in the last 24 hours, by 1 of them.').waitFor();
    await expectGood(at.page, 'bulk-disable-360');
    await dialog().getByRole('button', { name: 'Disable', exact: true }).dblclick();
    await dialog().getByText('Done for 3 of 3 keys.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await rowOf('One').getByText('Disabled').waitFor();
    expect(await Promise.all(made.map(reasonOf))).toEqual(Array(4).fill('KEY_DISABLED'));

    await at.page.getByRole('button', { name: 'Enable…' }).click();
    await dialog().getByText('4 keys · 2 live, 2 test').waitFor();
    await dialog().getByRole('button', { name: 'Enable', exact: true }).click();
    await dialog().getByText('Done for 4 of 4 keys.').waitFor();
    expect(await reasonOf(made[3])).toBe('OK');
  });

  test('revoke after a confirmation was typed, and name each key that was refused, in French', async () => {
    const email = await signUp(at.page);
    const made = await insertKeys(at.service, email, KEYS);
    await at.page.goto('/keys');
    await at.page.getByRole('button', { name: 'Language' }).click();
    await at.page.getByText('Français').click();
    for (const name of ['One', 'Two', 'Three <b>'])
      await at.page.getByRole('checkbox', { name: `Sélectionner ${name}`, exact: true }).check();
    await at.page.getByRole('button', { name: 'Révoquer…' }).click();
    const confirm = dialog().getByRole('button', { name: 'Révoquer définitivement' });
    await dialog().getByText('Aucune n’a fait d’appel').waitFor();
    await confirm.click();
    await dialog().getByText('Cela ne correspond pas.').waitFor();
    expect(await reasonOf(made[0])).toBe('OK');
    await dialog().getByLabel('Saisissez révoquer 3 pour confirmer').fill('révoquer 3');
    // Meanwhile somebody deletes one of them.
    const { db } = at.service.running.service.stores.database;
    const gone = { revokedAt: new Date(), deletedAt: new Date(), rev: sql`${keys.rev} + 1` };
    await db
      .update(keys)
      .set(gone)
      .where(eq(keys.id, made[1]?.id ?? ''));
    await confirm.click();
    await dialog().getByText('Fait pour 2 clés sur 3.').waitFor();
    const failed = dialog().getByRole('listitem');
    expect(await failed.count()).toBe(1);
    expect(await failed.innerText()).toMatch(/Two.*KEY_NOT_FOUND/s);
    expect([await reasonOf(made[0]), await reasonOf(made[3])]).toEqual(['KEY_REVOKED', 'KEY_DISABLED']);
    for (const width of [1440, 360]) {
      await at.page.setViewportSize({ width, height: 800 });
      await expectGood(at.page, `bulk-failed-fr-${width}`);
    }
  });
});
