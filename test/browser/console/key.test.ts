import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect } from 'vitest';
import { expectGood, leave, PASSWORD, signIn, signUp, visit, visited } from '../../harness/console.ts';
import { type CuttableProxy, cuttableProxy } from '../../harness/cuttable-proxy.ts';
import { createKey, mutate, type Person, query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService } from '../../harness/service.ts';
import { newMember, signInAgain } from '../../harness/teams.ts';
import { type Credentials, queryTarget, send, sign } from '../../harness/wire.ts';

/** Each goes a long way through several pages, in milliseconds. */
const LONG = 240_000;

requires('browser').describe("a key's page, usage and the audit log", () => {
  const { test } = requires('browser');
  let proxy: CuttableProxy;
  const at = visited(async () => {
    proxy = await cuttableProxy();
    const running = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
    proxy.aim(running.port);
    return { ...running, url: proxy.url, authority: new URL(proxy.url).host };
  });
  beforeEach(() => at.page.setViewportSize({ width: 360, height: 740 }));
  afterAll(() => proxy.close());

  /** A new person at the page, who calls over the wire too. */
  async function newcomer(): Promise<Person> {
    const email = await signUp(at.page);
    return signInAgain(at.service, { email, password: PASSWORD });
  }

  /** One call that is accepted, one without the permission, and one that is sent twice: the answers. */
  async function callEachWay(key: Credentials) {
    const once = sign(key, queryTarget('exemple'), { authority: at.service.authority });
    const accepted = await send(at.service.port, once);
    const replayed = await send(at.service.port, once);
    const denied = await mutate(at.service, key, 'echo', { text: 'x' });
    expect([accepted.status, replayed.reason, denied.reason]).toEqual([
      200,
      'SIGNATURE_REPLAYED',
      'PERMISSION_DENIED',
    ]);
    return { accepted, replayed, denied };
  }

  const calls = () => at.page.getByRole('region', { name: 'Live calls' }).getByRole('listitem');

  test(
    'shows each call of a key as it ends, also after the connection was lost',
    async () => {
      const person = await newcomer();
      const key = await createKey(at.service, person, { name: 'مفتاح <b>"R&D"</b> 🔑' });
      await at.page.goto(`/keys/${key.id}`);
      await at.page.getByRole('heading', { name: 'مفتاح <b>"R&D"</b> 🔑' }).waitFor();
      await at.page.getByText('No calls in this range').waitFor();
      expect(
        await at.page.getByRole('link', { name: 'Try in the playground' }).first().getAttribute('href'),
      ).toBe(`/playground?key=${key.id}`);

      await at.page.getByRole('tab', { name: 'Live calls' }).click();
      const status = at.page.getByRole('status').filter({ hasText: /Live|lost/ });
      await status.getByText('Live', { exact: true }).waitFor();
      await at.page.getByText('Never used').waitFor();
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
      // A refused signature leads to the debugger, with what is known of the call.
      const debug = calls()
        .filter({ hasText: String(replayed.headers['x-request-id']) })
        .getByRole('link', { name: 'Debug', exact: true });
      expect(await debug.getAttribute('href')).toBe(
        `/security/debugger?procedure=exemple&key=${key.id}&environment=live&reason=SIGNATURE_REPLAYED`,
      );
      expect(await at.page.getByRole('link', { name: 'Debug', exact: true }).count()).toBe(1);
      // The heading does not contradict the calls below it.
      await at.page.getByText(/^Last used /).waitFor();
      expect(await at.page.getByText('Never used').count()).toBe(0);
      await expectGood(at.page, 'key-live');
      await calls()
        .filter({ hasText: String(replayed.headers['x-request-id']) })
        .click({ position: { x: 200, y: 70 } });
      const drawer = at.page.getByRole('dialog', { name: 'Call' });
      await drawer.getByText('SIGNATURE_REPLAYED').waitFor();
      await drawer.getByText(String(replayed.headers['x-request-id'])).waitFor();
      await drawer.getByText(/nonce/).first().waitFor();
      await expectGood(at.page, 'key-live-call');
      await at.page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'detached' });

      await at.page.getByRole('button', { name: 'Pause' }).click();
      await query(at.service, key, 'exemple');
      await at.page.getByText('Paused: 1 new call').waitFor();
      expect(await calls().count()).toBe(3);
      await at.page.getByRole('button', { name: 'Resume' }).click();
      await calls().nth(3).waitFor();
      await at.page.getByRole('button', { name: 'Clear' }).click();
      await at.page.getByText('Waiting for calls of this key…').waitFor();

      await query(at.service, key, 'exemple');
      await calls().first().waitFor();
      proxy.refuse(true);
      await status.getByText('Connection lost, connecting again…').waitFor();
      const meanwhile = await query(at.service, key, 'exemple');
      proxy.refuse(false);
      await calls()
        .filter({ hasText: String(meanwhile.headers['x-request-id']) })
        .waitFor();
      await status.getByText('Live', { exact: true }).waitFor();
      expect(await calls().count()).toBe(2);
      // What was lost between instances is unknown.
      at.service.running.service.stores.liveTail.onLoss();
      await calls().filter({ hasText: 'The connection was interrupted here' }).waitFor();
      await query(at.service, key, 'exemple');
      await calls().nth(3).waitFor();
      // The connection that was cut is all that there is to complain of.
      for (const complaint of at.visitor.consoleErrors.splice(0)) expect(complaint).toContain('net::ERR_');
    },
    LONG,
  );

  test(
    'counts the calls of a key, and says what to do about what was refused',
    async () => {
      const person = await newcomer();
      const key = await createKey(at.service, person, {
        name: 'Counted',
        limits: [{ name: 'hour', limit: 1200, windowSeconds: 7200 }],
        credits: { remaining: 50, refill: { amount: 100, every: 'month' } },
      });
      await callEachWay(key);
      await mutate(at.service, person, 'keys.rotate', { id: key.id, graceSeconds: 86_400 });

      await at.page.goto(`/keys/${key.id}`);
      const chart = at.page.getByRole('application');
      await chart.waitFor();
      const replays = at.page.getByRole('group', { name: 'SIGNATURE_REPLAYED' });
      await replays.getByText(/What to do: .*nonce/).waitFor();
      expect(await replays.innerText()).toContain('once');
      await at.page.getByRole('group', { name: 'PERMISSION_DENIED' }).getByText('What to do:').waitFor();
      await at.page.getByText('The secrets from before the last rotation are still valid').waitFor();
      await at.page.getByText('No call has used them since the rotation.').waitFor();
      await at.page.getByText('1,199 left now').waitFor();
      const gauge = at.page.getByRole('progressbar', { name: 'Remaining: hour' });
      expect(Number(await gauge.getAttribute('aria-valuenow'))).toBeCloseTo((100 * 1199) / 1200, 5);
      await at.page.getByText(/^1,200 calls per 2 hours\. Next call available in 2 hours\.$/).waitFor();
      await at.page.getByText('49 left to spend').waitFor();
      await at.page.getByRole('term').filter({ hasText: 'Refusal rate' }).waitFor();
      await at.page.getByText('66.7%', { exact: true }).waitFor();
      await expectGood(at.page, 'key-usage');

      await chart.focus();
      const tooltip = at.page.locator('.recharts-tooltip-wrapper');
      await tooltip.getByText('Accepted').waitFor();
      const first = await tooltip.innerText();
      await at.page.keyboard.press('ArrowRight');
      await expect.poll(() => tooltip.innerText()).not.toBe(first);

      await at.page.getByText('1 hour').click();
      await at.page.getByText('Table', { exact: true }).click();
      const row = at.page.getByRole('region', { name: 'Calls by outcome' }).getByRole('row');
      await row.nth(60).waitFor();
      await at.page.reload();
      await row.nth(60).waitFor();
      expect(new URL(at.page.url()).search).toBe('?range=1h&view=table');
      const sums = (await row.allInnerTexts()).slice(1).map((text) => text.split('\t').slice(1).map(Number));
      const sum = (of: number) => sums.reduce((all, counts) => all + (counts[of] as number), 0);
      expect([sum(0), sum(1)]).toEqual([1, 2]);

      await at.page.getByRole('tab', { name: 'Limits and credits' }).click();
      await at.page.getByText(/^1,200 calls per 2 hours\./).waitFor();
      await at.page.getByText('1,199 left now').waitFor();
      await at.page.getByText('49 left to spend').waitFor();
      await at.page.getByText(/The next refill, .*\b1\b.* 20\d\d.*, raises them to 100/).waitFor();
      await at.page.reload();
      await at.page.getByText('49 left to spend').waitFor();
      await expectGood(at.page, 'key-policy');

      await at.page.goto('/usage');
      await at.page.getByRole('application').waitFor();
      await expectGood(at.page, 'usage');
      await at.page.getByRole('link', { name: 'Counted' }).click();
      await at.page.waitForURL(`**/keys/${key.id}`);

      for (const id of [at.service.demo.id, 'nonsense']) {
        await at.page.goto(`/keys/${id}`);
        await at.page.getByRole('heading', { name: `There is no key ${id} in this workspace` }).waitFor();
      }
      await expectGood(at.page, 'key-not-found');
    },
    LONG,
  );

  test(
    'shows, filters, exports and verifies the audit log',
    async () => {
      const person = await newcomer();
      const key = await createKey(at.service, person, { name: 'Audited' });
      for (let n = 0; n < 50; n++)
        await mutate(at.service, person, 'keys.update', { id: key.id, name: `Audited ${n}` });

      await mutate(at.service, person, 'auth.updateProfile', { name: 'Ada Lovelace' });
      await at.page.goto(`/keys/${key.id}?tab=policy`);
      const owner = at.page.getByRole('cell', { name: 'Ada Lovelace' });
      expect(await owner.getByText('Ada Lovelace').getAttribute('title')).toBe(person.userId);
      await owner.getByRole('button', { name: `Copy the id ${person.userId}` }).waitFor();

      // The page of the policy must not add its own requests to those of the audit log.
      await at.page.goto('about:blank');
      const named: string[] = [];
      at.page.on('request', (request) => {
        if (/(members|keys)\.(list|get)/.test(request.url())) named.push(new URL(request.url()).pathname);
      });
      await at.page.goto(`/keys/${key.id}?tab=audit`);
      await at.page.getByText('50 records shown, there are more.').waitFor();
      await at.page.getByRole('button', { name: 'Load more' }).click();
      await at.page.getByText('51 records shown.').waitFor();
      await at.page.getByRole('button', { name: 'Key changed' }).first().click();
      const change = at.page.getByRole('region', { name: 'What changed' });
      await change.getByRole('row', { name: 'name Audited 48 Audited 49' }).waitFor();
      // The columns of a table within a record stand apart.
      const before = change.getByRole('columnheader', { name: 'Before' });
      expect(await before.evaluate((cell) => getComputedStyle(cell).paddingInlineStart)).not.toBe('0px');
      // The names of 51 records cost one request for the key and at most one for each list.
      await at.page
        .getByRole('row', { name: /Key changed Ada Lovelace Audited 49/ })
        .first()
        .waitFor();
      expect(named.join().match(/(members|keys)\.list/g)?.length ?? 0).toBeLessThanOrEqual(2);
      expect(named.join().match(/keys\.get/g)?.length ?? 0).toBeLessThanOrEqual(2);
      await expectGood(at.page, 'key-audit');

      await at.page.goto('/audit');
      await at.page.getByRole('combobox', { name: 'Action' }).fill('keys.create');
      await at.page.getByRole('button', { name: 'Apply' }).click();
      await at.page.getByText('1 record shown.').waitFor();
      await at.page.reload();
      const created = at.page.getByRole('button', { name: 'Key created', exact: true });
      await created.click();
      await at.page.getByRole('link', { name: 'Audited 49', exact: true }).waitFor();
      await at.page
        .getByRole('table', { name: 'The record' })
        .getByRole('cell', { name: '127.0.0.1' })
        .waitFor();
      await at.page.getByRole('button', { name: 'More filters' }).click();
      // A person or a key is found by name, and the filter takes the id.
      await at.page.getByRole('combobox', { name: 'Who' }).fill('lovel');
      await at.page.getByRole('option', { name: 'Ada Lovelace' }).click();
      expect(await at.page.getByRole('combobox', { name: 'Who' }).inputValue()).toBe(person.userId);
      await at.page.getByRole('combobox', { name: 'Who' }).fill('');
      const saving = at.page.waitForEvent('download');
      await at.page.getByRole('button', { name: 'Save what is shown as JSON' }).click();
      const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'));
      expect(saved).toMatchObject([{ action: 'keys.create', subject: key.id, actor: { id: person.userId } }]);

      const verify = at.page.getByRole('button', { name: 'Verify the chain' });
      for (const width of [1920, 1440, 1280, 360]) {
        await at.page.setViewportSize({ width, height: 800 });
        await at.page.reload();
        await verify.waitFor();
        const place = await verify.boundingBox();
        await verify.click();
        await at.page.getByText(/^Log integrity verified: \d+ records$/).waitFor();
        expect(await verify.boundingBox()).toEqual(place);
      }
      await at.page.setViewportSize({ width: 1280, height: 720 });
      await expectGood(at.page, 'audit');

      await at.page.getByRole('button', { name: 'Language, Colours' }).click();
      await at.page.getByText('Français').click();
      await at.page.getByRole('heading', { name: 'Journal d’audit' }).waitFor();
      const { database } = at.service.running.service.stores;
      await database.query(
        sql`update audit_records set subject = 'another subject' where action = 'keys.create' and subject = ${key.id}`,
      );
      await at.page.getByRole('button', { name: 'Vérifier la chaîne' }).click();
      await at.page.getByRole('alert').filter({ hasText: 'La chaîne est rompue' }).waitFor();
    },
    LONG,
  );

  test(
    'offers a viewer only what a viewer may do',
    async () => {
      const owner = await newcomer();
      const key = await createKey(at.service, owner, { name: 'Watched' });
      const viewer = await newMember(at.service, owner, 'viewer');
      await leave(at.visitor);
      at.visitor = await visit(at.browser, at.service.url);
      await at.page.setViewportSize({ width: 360, height: 740 });
      await signIn(at.page, viewer.email, viewer.password);
      await at.page.goto(`/keys/${key.id}?tab=settings`);
      await at.page.getByRole('tab', { name: 'Usage', selected: true }).waitFor();
      expect(await at.page.getByRole('tab').allInnerTexts()).not.toContain('Settings');
      await at.page.getByRole('tab', { name: 'Audit log' }).click();
      await at.page.getByText('you are a viewer').waitFor();
      await at.page.goto('/audit');
      await at.page.getByRole('heading', { name: 'Your role cannot read the audit log' }).waitFor();
      expect(await at.page.getByRole('button', { name: 'Verify the chain' }).count()).toBe(0);
      await expectGood(at.page, 'audit-not-yours');
    },
    LONG,
  );
});
