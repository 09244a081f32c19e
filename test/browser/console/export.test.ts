import { readFileSync } from 'node:fs';
import type { Route } from 'playwright-core';
import { expect, vi } from 'vitest';
import { expectGood, PASSWORD, signUp, visited } from '../../harness/console.ts';
import { createKey, mutate, query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { signInAgain } from '../../harness/teams.ts';

vi.setConfig({ testTimeout: 240_000 });

requires('browser').describe('what the console saves as CSV', () => {
  const { test } = requires('browser');
  const at = visited();

  const save = async (name: string) => {
    const saving = at.page.waitForEvent('download');
    await at.page.getByRole('button', { name }).click();
    const saved = await saving;
    return { name: saved.suggestedFilename(), text: readFileSync(await saved.path(), 'utf8') };
  };

  test('is every page of the audit log, can be cancelled, and has no formula', async () => {
    const email = await signUp(at.page);
    const person = await signInAgain(at.service, { email, password: PASSWORD });
    const key = await createKey(at.service, person, { name: '=cmd()' });
    for (let n = 0; n < 120; n++)
      await mutate(at.service, person, 'keys.update', { id: key.id, name: `=cmd(${n})` });
    await at.page.goto(`/audit?subject=${key.id}`);
    await at.page.getByText('50 records shown, there are more.').waitFor();

    // The second page waits, and the reader gives up.
    let pages = 0;
    const held = new Promise<Route>((resolve) => {
      void at.page.route('**/api/audit.list*', (route) => {
        const isOfExport = decodeURIComponent(route.request().url()).includes('"limit":100');
        if (isOfExport && ++pages === 2) return resolve(route);
        return route.continue();
      });
    });
    await at.page.getByRole('button', { name: 'Save all as CSV' }).click();
    await held;
    await at.page.getByText('100 rows so far…').waitFor();
    await at.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await at.page.getByText('Cancelled. No file was saved.').waitFor();
    await at.page.unroute('**/api/audit.list*');

    const { name, text } = await save('Save all as CSV');
    await at.page.getByText('Saved: 121 rows.').waitFor();
    expect(name).toBe('keyseal-audit.csv');
    expect(text.startsWith('\uFEFFseq,at,actorKind,')).toBe(true);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(122);
    expect(lines[1]).toContain('"{""name"":""=cmd(119)""}"');
    for (const width of [360, 1440]) {
      await at.page.setViewportSize({ width, height: 800 });
      await expectGood(at.page, `export-audit-${width}`);
    }
  });

  test('is the calls of a range, in French too', async () => {
    const email = await signUp(at.page);
    const person = await signInAgain(at.service, { email, password: PASSWORD });
    const key = await createKey(at.service, person, { name: 'Counted' });
    await query(at.service, key, 'exemple');
    await at.page.goto('/usage?range=24h');
    await at.page.getByRole('button', { name: 'Language' }).click();
    await at.page.getByText('Français').click();
    const { name, text } = await save('Tout enregistrer en CSV');
    await at.page.getByText('Enregistré : 24 lignes.').waitFor();
    expect(name).toBe('keyseal-usage-24h.csv');
    const [head, ...rows] = text.trimEnd().split('\r\n');
    expect(head).toBe('\uFEFFfrom,accepted,refused');
    expect(rows.map((row) => Number(row.split(',')[1])).reduce((a, b) => a + b)).toBe(1);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'export-usage-fr-360');
  });
});
