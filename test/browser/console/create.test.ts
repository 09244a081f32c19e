import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eq, like } from 'drizzle-orm';
import type { Locator, Page, Response } from 'playwright-core';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { keys } from '../../../drizzle/schema/keys.ts';
import {
  expectGood,
  leave,
  opened,
  picture,
  showSecrets,
  signUp,
  type Visitor,
  visit,
  WITH_MOTION,
} from '../../harness/console.ts';
import { freshFolder } from '../../harness/fresh.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

/** Markup, a mark that turns what follows around, and an emoji. */
const NAME = 'Ada <b onclick="x">bold</b> \u200Fright-to-left 🔑';

requires('browser', 'bash', 'curl', 'openssl', 'python3').describe('creating a key', () => {
  const { test } = requires('browser', 'bash', 'curl', 'openssl', 'python3');
  const at = opened();
  let visitor: Visitor;
  let page: Page;
  let dialog: Locator;

  beforeEach(() => enter('en-GB'));
  afterEach(() => leave(visitor));

  async function enter(locale: string): Promise<void> {
    visitor = await visit(at.browser, at.service.url, { locale, ...WITH_MOTION });
    page = visitor.page;
    dialog = page.getByRole('dialog');
    await signUp(page);
    await openForm();
  }

  const openForm = async () => {
    await page
      .getByRole('main')
      .getByRole('button', { name: /^(Create|Créer)/ })
      .first()
      .click();
    await dialog.getByRole('textbox').first().waitFor();
  };
  const submit = () => dialog.locator('button[type=submit]');
  const shown = async (label: string) =>
    (await dialog.getByLabel(label, { exact: true }).textContent()) ?? '';
  const db = () => at.service.running.service.stores.database.db;
  /** Of all keys that were made here. */
  const namesLike = async (pattern: string) => {
    const rows = await db().select().from(keys).where(like(keys.name, pattern));
    return rows.map(({ name }) => name).sort();
  };

  /** The error text next to a field. */
  const saidBeside = async (field: Locator) => {
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    const [said] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
    return page.locator(`[id="${said}"]`).innerText();
  };

  test('needs only a name, and shows the secrets once, with calls that work as pasted', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await expectGood(page, 'create');
    const sent: string[] = [];
    page.on('request', (request) => request.url().includes('keys.create') && sent.push(request.url()));
    await dialog.getByLabel('Name').fill(NAME);
    await submit().dblclick();
    await dialog.getByText('Your key is ready').waitFor();
    expect(sent).toHaveLength(1);
    expect(await namesLike('Ada %')).toEqual([NAME]);
    expect(await dialog.locator('.theirs').innerText()).toBe(NAME);

    await showSecrets(dialog);
    const [apiKey, signingSecret] = [await shown('API key'), await shown('Signing secret')];
    expect([apiKey, signingSecret]).toEqual([
      expect.stringMatching(/^ks_test_\w{51}$/),
      expect.stringMatching(/^kss_[\w-]{43}$/),
    ]);
    const line = dialog.getByRole('status');
    await line.getByText('Waiting for your first call').waitFor();
    await line.getByText('The connection is lost').waitFor({ state: 'hidden' });

    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy: The call in curl' }).click();
    const pasted = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const wrong = pasted.replace(signingSecret, `kss_${'A'.repeat(43)}`);
    expect((await run('bash', ['-c', wrong])).stdout).toContain('SIGNATURE_INVALID');
    await line.getByText('A call was refused').waitFor();
    await line.getByText('SIGNATURE_INVALID').waitFor();
    const help = await line.getByText('SIGNATURE_INVALID').locator('..').boundingBox();
    expect(help?.width).toBeGreaterThan(250);
    expect((await run('bash', ['-c', pasted])).stdout).toContain('"message":"Hello, Ada!"');
    await line.getByText('Your first call has arrived').waitFor();
    // Both stay in view beside the code that made the call.
    await dialog.getByRole('button', { name: 'Done' }).scrollIntoViewIfNeeded();
    for (const part of [line.getByText('Your first call has arrived'), line.getByRole('img')]) {
      const { y = -1, height = 999 } = (await part.boundingBox()) ?? {};
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(740);
    }
    expect(await line.getByText('exemple').count()).toBe(1);
    await expectGood(page, 'reveal');

    for (const [language, file, runs] of [
      ['TypeScript', 'call.mts', [process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs')]],
      ['Python', 'call.py', ['python3']],
    ] as const) {
      await dialog.getByRole('tab', { name: language }).click();
      const path = join(await freshFolder(), file);
      await writeFile(path, await shown(`The call in ${language}`));
      const [program, ...options] = runs;
      expect((await run(program, [...options, path])).stdout).toMatch(/^200 .*"Hello, Ada!"/);
    }

    await dialog.getByRole('button', { name: 'Copy all as .env' }).click();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain(`KEYSEAL_API_KEY=${apiKey}\nKEYSEAL_SIGNING_SECRET=${signingSecret}\n`);
    const opening = visitor.context.waitForEvent('page');
    await dialog.getByRole('link', { name: 'Live calls of this key' }).click();
    const live = await opening;
    await live.getByRole('tab', { name: 'Live calls', selected: true }).waitFor();
    await live.close();

    const saving = page.waitForEvent('download');
    await dialog.getByRole('link', { name: 'Download as .env' }).click();
    const env = await (await saving).path();
    expect(await readFile(env, 'utf8')).toBe(
      `KEYSEAL_URL=${at.service.url}\nKEYSEAL_API_KEY=${apiKey}\nKEYSEAL_SIGNING_SECRET=${signingSecret}\n`,
    );

    const answers: Promise<string>[] = [];
    const bodyOf = (response: Response) => response.text().catch(() => '');
    page.on('response', (response) => answers.push(bodyOf(response)));
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const savedDrafts = async () =>
      [
        page.url(),
        await page.content(),
        await page.evaluate('JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }])'),
        JSON.stringify(await visitor.context.storageState({ indexedDB: true })),
        JSON.stringify(await visitor.context.cookies()),
      ].join('\n');
    const seen = [await savedDrafts()];
    const id = apiKey.split('_')[2];
    for (const path of ['/keys', `/keys/${id}?tab=settings`, '/audit', '/usage']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      seen.push(await savedDrafts());
    }
    seen.push(...(await Promise.all(answers)));
    expect(seen.join('\n')).toContain(id);
    for (const secret of [apiKey.slice(-38), signingSecret.slice(4)]) {
      expect(seen.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  test('keeps the form if the connection is lost, and creates no second key if the answer is', async () => {
    await dialog.getByLabel('Name').fill('Lost');
    await dialog.getByLabel('echo:write').check();
    await visitor.context.setOffline(true);
    await submit().click();
    await dialog.getByText('The service is not responding').waitFor();
    await visitor.context.setOffline(false);
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Lost');
    expect(await dialog.getByLabel('echo:write').isChecked()).toBe(true);

    const answerIsLost = () =>
      page.route(
        /keys\.create/,
        async (route) => {
          await route.fetch();
          await route.abort();
        },
        { times: 1 },
      );
    await answerIsLost();
    await submit().click();
    await dialog.getByText('The service is not responding').waitFor();
    await submit().click();
    await dialog.getByText('its secrets did not arrive').waitFor();
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    const first = await shown('API key');
    expect(first).toMatch(/^ks_test_/);
    await dialog.getByRole('button', { name: 'Done' }).click();

    await openForm();
    await dialog.getByLabel('Name').fill('Lost before');
    await answerIsLost();
    await submit().click();
    await dialog.getByText('The service is not responding').waitFor();
    await dialog.getByLabel('Name').fill('Lost after');
    await submit().click();
    await dialog.getByText('A key was already created').waitFor();
    await submit().click();
    await dialog.getByText('Your key is ready').waitFor();
    expect(await dialog.locator('.theirs').innerText()).toBe('Lost after');
    expect(await shown('API key')).not.toBe(first);
    expect(await namesLike('Lost%')).toEqual(['Lost', 'Lost after', 'Lost before']);
  });

  test('shows errors next to their fields, and keeps the input for corrections', async () => {
    await dialog.getByRole('button', { name: 'None' }).click();
    await submit().click();
    expect(await saidBeside(dialog.getByLabel('Name'))).toContain('1 to 100 characters');
    await dialog.getByText('Choose at least one permission').waitFor();
    await dialog.getByLabel('Name').fill('Everything');
    await dialog.getByRole('button', { name: 'Administer this service' }).click();
    await dialog.getByLabel('keys:*').check();
    expect(await dialog.getByLabel('keys:read').isDisabled()).toBe(true);

    await dialog.getByRole('button', { name: 'More options' }).click();
    await dialog.getByRole('button', { name: 'Add a limit' }).click();
    await dialog.getByLabel('Calls').fill('1.5');
    await dialog.getByLabel('In any').fill('31');
    await dialog.getByLabel('Unit').selectOption('day');
    await dialog.getByLabel('Each call costs credits').check();
    await dialog.getByRole('button', { name: 'More options' }).click();
    await submit().click();
    expect(await saidBeside(dialog.getByLabel('Calls'))).toContain('A whole number');
    expect(await saidBeside(dialog.getByLabel('In any'))).toContain('30 days');
    expect(await saidBeside(dialog.getByLabel('Credits left'))).toContain('from 0');
    await expect.poll(() => page.evaluate('document.activeElement.dataset.path')).toBe('limits.0.limit');
    await dialog.getByLabel('Calls').fill('100');
    await dialog.getByLabel('In any').fill('2');
    await dialog.getByLabel('Credits left').fill('5000');
    await dialog.getByLabel('Refilled').selectOption('month');
    await dialog.getByLabel('Up to').fill('9000');
    await dialog.getByLabel('Expiry').selectOption('90');
    // Only the service sees that a bit is set behind the prefix.
    await dialog.getByLabel('Allowed IP addresses').fill('2001:db8::/32\n127.0.0.1/24');
    await submit().click();
    expect(await saidBeside(dialog.getByLabel('Allowed IP addresses'))).toContain('“127.0.0.1/24”');
    await dialog.getByLabel('Allowed IP addresses').fill('2001:db8::/32\n127.0.0.0/24');
    await submit().click();
    const id = (await shown('API key')).split('_')[2];
    await dialog.getByRole('button', { name: 'Done' }).click();

    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/keys/${id}?tab=settings`);
    const field = (label: string) => page.getByLabel(label, { exact: true });
    const values = async (...labels: string[]) =>
      Promise.all(labels.map((label) => field(label).inputValue()));
    await field('Credits left').waitFor();
    expect(await values('Calls', 'In any', 'Unit', 'Credits left', 'Refilled', 'Up to', 'Expiry')).toEqual([
      '100',
      '2',
      'day',
      '5000',
      'month',
      '9000',
      'day',
    ]);
    expect(await field('Allowed IP addresses').inputValue()).toBe('2001:db8::/32\n127.0.0.0/24');
    await expectGood(page, 'key-settings');
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Renamed');
    await field('Expiry').selectOption('never');
    const sending = page.waitForRequest(/keys\.update/);
    await page.getByRole('button', { name: 'Save the changes' }).click();
    expect((await sending).postDataJSON()[0]).toEqual({ id, name: 'Renamed', expiresAt: null });
    await page.getByText('Saved.').waitFor();
    await page.getByRole('heading', { name: 'Renamed' }).waitFor();
    expect(await field('Expiry').inputValue()).toBe('never');

    // An expiry in the past may remain: it is not sent.
    const changeRow = async (columns: { expiresAt?: Date; revokedAt?: Date }) => {
      await db().update(keys).set(columns).where(eq(keys.name, 'Renamed'));
      await page.reload();
    };
    await changeRow({ expiresAt: new Date('2020-02-02') });
    await page.getByText('Expired on 2 Feb 2020 · ').waitFor();
    await field('Calls').fill('101');
    const sendingLimits = page.waitForRequest(/keys\.update/);
    await page.getByRole('button', { name: 'Save the changes' }).click();
    const limits = [{ name: 'calls', limit: 101, windowSeconds: 172_800 }];
    expect((await sendingLimits).postDataJSON()[0]).toEqual({ id, limits });
    await page.getByText('Saved.').waitFor();

    await changeRow({ revokedAt: new Date() });
    await page.getByText('This key is revoked: you can no longer').waitFor();
    expect(await field('Calls').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Save the changes' }).count()).toBe(0);
  });

  test('takes every field that the API has, and the settings change them', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await dialog.getByLabel('Name').fill('Whole');
    await dialog.getByRole('button', { name: 'More options' }).click();
    await dialog.getByLabel('External owner').fill(' acme ');
    await dialog.getByLabel('Can verify requests for').fill('Shop.example.com');
    await dialog.getByLabel('Metadata').fill('[1]');
    await dialog.getByLabel('Service key').check();
    await submit().click();
    const [hosts, metadata] = [dialog.getByLabel('Can verify requests for'), dialog.getByLabel('Metadata')];
    expect(await saidBeside(hosts)).toContain('“Shop.example.com” is not a host in lowercase');
    expect(await saidBeside(metadata)).toContain('A JSON object of at most 4,096 bytes');
    await expectGood(page, 'create-every-field');
    await hosts.fill('shop.example.com\nlocalhost:8443');
    // Only the service refuses a reserved name.
    await metadata.fill('{ "__proto__": 1 }');
    await submit().click();
    expect(await saidBeside(metadata)).toContain('properties named __proto__');
    await metadata.fill('{ "plan": "pro" }');
    const creating = page.waitForRequest(/keys\.create/);
    await submit().click();
    expect((await creating).postDataJSON()[0]).toMatchObject({
      ...{ externalId: 'acme', authorities: ['shop.example.com', 'localhost:8443'] },
      ...{ metadata: { plan: 'pro' }, service: true },
    });
    const id = (await shown('API key')).split('_')[2];
    await dialog.getByRole('button', { name: 'Done' }).click();

    await page.goto(`/keys/${id}?tab=policy`);
    await page.getByRole('cell', { name: 'The workspace (service key)' }).waitFor();
    await page.goto(`/keys/${id}?tab=settings`);
    const field = (label: string) => page.getByLabel(label, { exact: true });
    await field('External owner').waitFor();
    expect([
      await field('External owner').inputValue(),
      await field('Can verify requests for').inputValue(),
      JSON.parse(await field('Metadata').inputValue()),
    ]).toEqual(['acme', 'shop.example.com\nlocalhost:8443', { plan: 'pro' }]);
    await expectGood(page, 'key-settings-every-field');
    await field('External owner').fill('');
    await field('Metadata').fill('');
    const sending = page.waitForRequest(/keys\.update/);
    await page.getByRole('button', { name: 'Save the changes' }).click();
    expect((await sending).postDataJSON()[0]).toEqual({ id, externalId: null, metadata: {} });
    await page.getByText('Saved.').waitFor();
  });

  test('works in French', async () => {
    await visitor.context.close();
    await enter('fr-FR');
    await dialog.getByLabel('Nom').fill('Clé');
    await dialog.getByRole('button', { name: 'Plus d’options' }).click();
    await dialog.getByLabel('Expiration').selectOption('30');
    for (const label of [
      'Propriétaire externe',
      'Peut vérifier les requêtes pour',
      'Métadonnées',
      'Clé de service',
    ])
      await dialog.getByLabel(label, { exact: true }).waitFor();
    await dialog.getByText(/Valable jusqu’à la fin du .* 20\d\d \(UTC\)\./).waitFor();
    await submit().click();
    await dialog.getByText('Votre clé est prête').waitFor();
    await dialog.getByText('En attente de votre premier appel…').waitFor();
    await picture(page, 'reveal-fr');
  });
});
