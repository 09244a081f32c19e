import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch } from '../../harness/browser.ts';
import { expectGood, PASSWORD, signUp, type Visitor, visit } from '../../harness/console.ts';
import { type CuttableProxy, cuttableProxy } from '../../harness/cuttable-proxy.ts';
import { ask, createKey, type Person, tell } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService, type TestService } from '../../harness/service.ts';
import { newMember, signInAgain } from '../../harness/teams.ts';
import { type Credentials, query, send, sign } from '../../harness/wire.ts';

/** Each goes a long way through several pages, in milliseconds. */
const LONG = 240_000;

requires('browser').describe("a key's page, usage and the audit log", () => {
  const { test } = requires('browser');
  let proxy: CuttableProxy;
  let service: TestService;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    proxy = await cuttableProxy();
    const running = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
    service = { ...running, url: proxy.url, authority: new URL(proxy.url).host };
    proxy.aim(service.port);
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    proxy.close();
  });
  beforeEach(async () => {
    visitor = await visit(browser, service.url);
    page = visitor.page;
    await page.setViewportSize({ width: 360, height: 740 });
  });
  afterEach(async () => {
    expect([visitor.complaints, visitor.elsewhere]).toEqual([[], []]);
    await visitor.context.close();
  });

  /** Somebody new at the page, who calls over the wire too. */
  async function newcomer(): Promise<Person> {
    const email = await signUp(page);
    return signInAgain(service, { email, password: PASSWORD });
  }

  async function signIn({ email, password }: Person): Promise<void> {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.locator('input[name=password]').fill(password);
    await page.locator('button[type=submit]').click();
    await page.waitForURL('**/keys');
  }

  /** One call that is accepted, one without the permission, and one that is sent twice: the answers. */
  async function callEachWay(key: Credentials) {
    const once = sign(key, query('exemple'), { authority: service.authority });
    const accepted = await send(service.port, once);
    const replayed = await send(service.port, once);
    const denied = await tell(service, key, 'echo', { text: 'x' });
    expect([accepted.status, replayed.reason, denied.reason]).toEqual([
      200,
      'SIGNATURE_REPLAYED',
      'PERMISSION_DENIED',
    ]);
    return { accepted, replayed, denied };
  }

  const calls = () => page.getByRole('region', { name: 'Live calls' }).getByRole('listitem');

  test(
    'tells each call of a key as it ends, also after the connection was lost',
    async () => {
      const person = await newcomer();
      const key = await createKey(service, person, { name: 'مفتاح <b>"R&D"</b> 🔑' });
      await page.goto(`/keys/${key.id}`);
      await page.getByRole('heading', { name: 'مفتاح <b>"R&D"</b> 🔑' }).waitFor();
      await page.getByText('No calls in this range').waitFor();
      expect(
        await page.getByRole('link', { name: 'Try in the playground' }).first().getAttribute('href'),
      ).toBe(`/playground?key=${key.id}`);

      await page.getByRole('tab', { name: 'Live calls' }).click();
      const status = page.getByRole('status').filter({ hasText: /Live|lost/ });
      await status.getByText('Live', { exact: true }).waitFor();
      const { accepted, replayed, denied } = await callEachWay(key);
      for (const [answer, word, reason] of [
        [accepted, 'Accepted', 'exemple'],
        [replayed, 'Refused', 'SIGNATURE_REPLAYED'],
        [denied, 'Refused', 'PERMISSION_DENIED'],
      ] as const) {
        const row = calls().filter({ hasText: String(answer.headers['x-request-id']) });
        await row.waitFor();
        expect(await row.innerText()).toMatch(new RegExp(`${word}[^]*${reason}[^]* ms[^]*127\\.0\\.0\\.1`));
      }
      await expectGood(page, 'key-live');

      await page.getByRole('button', { name: 'Pause' }).click();
      await ask(service, key, 'exemple');
      await page.getByText('Paused: 1 call came meanwhile').waitFor();
      expect(await calls().count()).toBe(3);
      await page.getByRole('button', { name: 'Resume' }).click();
      await calls().nth(3).waitFor();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByText('Waiting for calls of this key…').waitFor();

      await ask(service, key, 'exemple');
      await calls().first().waitFor();
      proxy.refuse(true);
      await status.getByText('Connection lost, connecting again…').waitFor();
      proxy.refuse(false);
      await calls().filter({ hasText: 'The connection was interrupted here' }).waitFor();
      await status.getByText('Live', { exact: true }).waitFor();
      await ask(service, key, 'exemple');
      await calls().nth(2).waitFor();
      // The connection that was cut is all that there is to complain of.
      for (const complaint of visitor.complaints.splice(0)) expect(complaint).toContain('net::ERR_');
    },
    LONG,
  );

  test(
    'counts the calls of a key, and says what to do about what was refused',
    async () => {
      const person = await newcomer();
      const key = await createKey(service, person, {
        name: 'Counted',
        limits: [{ name: 'hour', limit: 1200, windowSeconds: 7200 }],
        credits: { remaining: 50, refill: { amount: 100, every: 'month' } },
      });
      await callEachWay(key);
      await tell(service, person, 'keys.rotate', { id: key.id, graceSeconds: 86_400 });

      await page.goto(`/keys/${key.id}`);
      const chart = page.getByRole('application');
      await chart.waitFor();
      const replays = page.getByRole('group', { name: 'SIGNATURE_REPLAYED' });
      await replays.getByText(/What to do: .*nonce/).waitFor();
      expect(await replays.innerText()).toContain('once');
      await page.getByRole('group', { name: 'PERMISSION_DENIED' }).getByText('What to do:').waitFor();
      await page.getByText('The pair from before the last rotation is still good').waitFor();
      await page.getByText('No call has used it since the rotation.').waitFor();
      await expectGood(page, 'key-usage');

      await chart.focus();
      const tooltip = page.locator('.recharts-tooltip-wrapper');
      await tooltip.getByText('Accepted').waitFor();
      const first = await tooltip.innerText();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => tooltip.innerText()).not.toBe(first);

      await page.getByText('1 hour').click();
      await page.getByText('Table', { exact: true }).click();
      const row = page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
      await row.nth(60).waitFor();
      await page.reload();
      await row.nth(60).waitFor();
      expect(new URL(page.url()).search).toBe('?range=1h&view=table');
      const sums = (await row.allInnerTexts()).slice(1).map((text) => text.split('\t').slice(1).map(Number));
      const sum = (of: number) => sums.reduce((all, counts) => all + (counts[of] as number), 0);
      expect([sum(0), sum(1)]).toEqual([1, 2]);

      await page.getByRole('tab', { name: 'Limits and credits' }).click();
      await page.getByText('1,200 calls in any 2 hours').waitFor();
      await page.getByText('1,199 left now').waitFor();
      await page.getByText('49 left to spend').waitFor();
      await page.getByText(/Brought up to 100 at the next refill: .*\b1\b.* 20\d\d/).waitFor();
      await page.reload();
      await page.getByText('49 left to spend').waitFor();
      await expectGood(page, 'key-policy');

      await page.goto('/usage');
      await page.getByRole('application').waitFor();
      await expectGood(page, 'usage');
      await page.getByRole('link', { name: 'Counted' }).click();
      await page.waitForURL(`**/keys/${key.id}`);

      for (const id of [service.demo.id, 'nonsense']) {
        await page.goto(`/keys/${id}`);
        await page.getByRole('heading', { name: `There is no key ${id} in this workspace` }).waitFor();
      }
      await expectGood(page, 'key-not-found');
    },
    LONG,
  );

  test(
    'reads the audit log, narrows it, hands it over and verifies it',
    async () => {
      const person = await newcomer();
      const key = await createKey(service, person, { name: 'Audited' });
      for (let n = 0; n < 50; n++)
        await tell(service, person, 'keys.update', { id: key.id, name: `Audited ${n}` });

      await page.goto(`/keys/${key.id}?tab=audit`);
      await page.getByText('50 records shown, there are more.').waitFor();
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.getByText('51 records shown.').waitFor();
      await page.getByRole('button', { name: 'Key changed' }).first().click();
      const change = page.getByRole('region', { name: 'What changed' });
      await change.getByRole('row', { name: 'name Audited 48 Audited 49' }).waitFor();
      await expectGood(page, 'key-audit');

      await page.goto('/audit');
      await page.getByRole('combobox', { name: 'Action' }).fill('keys.create');
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('1 record shown.').waitFor();
      await page.reload();
      const created = page.getByRole('button', { name: `Key created` });
      await created.click();
      await page.getByRole('link', { name: key.id }).waitFor();
      await page.getByRole('cell', { name: '127.0.0.1' }).waitFor();
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save what is shown as JSON' }).click();
      const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'));
      expect(saved).toMatchObject([{ action: 'keys.create', subject: key.id, actor: { id: person.userId } }]);

      await page.getByRole('button', { name: 'Verify the chain' }).click();
      await page.getByText(/^The chain is whole: \d+ records$/).waitFor();
      await expectGood(page, 'audit');

      await page.getByRole('button', { name: 'Language, Colours' }).click();
      await page.getByText('Français').click();
      await page.getByRole('heading', { name: "Journal d'audit" }).waitFor();
      const { database } = service.running.service.stores;
      await database.query(
        sql`update audit_records set subject = 'somebody else' where action = 'keys.create' and subject = ${key.id}`,
      );
      await page.getByRole('button', { name: 'Vérifier la chaîne' }).click();
      await page.getByRole('alert').filter({ hasText: 'La chaîne est rompue' }).waitFor();
    },
    LONG,
  );

  test(
    'offers a viewer what a viewer may',
    async () => {
      const owner = await newcomer();
      const key = await createKey(service, owner, { name: 'Watched' });
      const viewer = await newMember(service, owner, 'viewer');
      await visitor.context.clearCookies();
      await visitor.context.close();
      visitor = await visit(browser, service.url);
      page = visitor.page;
      await page.setViewportSize({ width: 360, height: 740 });
      await signIn(viewer);
      await page.goto(`/keys/${key.id}?tab=settings`);
      await page.getByRole('tab', { name: 'Usage', selected: true }).waitFor();
      expect(await page.getByRole('tab').allInnerTexts()).not.toContain('Settings');
      await page.getByRole('tab', { name: 'Audit trail' }).click();
      await page.getByText('you are a viewer').waitFor();
      await page.goto('/audit');
      await page.getByRole('heading', { name: 'Your role does not read the audit log' }).waitFor();
      expect(await page.getByRole('button', { name: 'Verify the chain' }).count()).toBe(0);
      await expectGood(page, 'audit-not-yours');
    },
    LONG,
  );
});
