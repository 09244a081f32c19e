import { expect } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

/** Read from right to left, with wide characters. */
const NAME = `\u200f${'漢'.repeat(80)} 🗝️`;

requires('browser').describe('the request log', () => {
  const { test } = requires('browser');
  const at = visited();

  test('begins with calls on a phone, where fields wait for a button', async () => {
    await at.page.setViewportSize({ width: 360, height: 740 });
    await signUp(at.page);
    await at.page.goto('/requests');
    const list = at.page.getByRole('heading', { name: 'No calls' });
    await list.waitFor();
    expect((await list.boundingBox())?.y).toBeLessThan(600);
    const [outcome, from] = [at.page.getByLabel('Outcome'), at.page.getByLabel('From (UTC)')];
    expect(await outcome.isVisible()).toBe(false);
    await at.page.getByRole('button', { name: 'More filters' }).click();
    await outcome.selectOption('refused');
    await expectGood(at.page, 'requests-filters-phone');
    await at.page.getByRole('button', { name: 'Apply' }).click();
    // A filter that is set can be seen.
    await at.page.waitForURL('**/requests?outcome=refused');
    await from.waitFor();
  });

  test('and the audit log begin with their rows on a tablet, which has more room than a phone', async () => {
    await signUp(at.page);
    await at.page.setViewportSize({ width: 768, height: 900 });
    for (const [path, first, folded] of [
      ['/requests', 'Request id', 'Outcome'],
      ['/audit', 'Action', 'Who'],
    ] as const)
      for (const width of [360, 768]) {
        await at.page.setViewportSize({ width, height: 900 });
        await at.page.goto(path);
        await at.page.getByLabel(first, { exact: true }).first().waitFor();
        expect(await at.page.getByLabel(folded, { exact: true }).first().isVisible()).toBe(false);
        const field = await at.page.getByLabel(first, { exact: true }).first().boundingBox();
        const apply = await at.page.getByRole('button', { name: 'Apply' }).boundingBox();
        expect((apply?.y ?? 999) - (field?.y ?? 0)).toBeLessThanOrEqual(60);
        await at.page.getByRole('button', { name: 'More filters' }).click();
        await at.page.getByLabel(folded, { exact: true }).first().waitFor();
        await expectGood(at.page, `filters${path.replace('/', '-')}-${width}`);
      }
    await at.page.goto('/audit?actor=someone');
    await at.page.getByLabel('Who', { exact: true }).first().waitFor();
  });

  test('says that there are no calls yet', async () => {
    await signUp(at.page);
    await at.page.goto('/requests');
    await at.page.getByRole('heading', { name: 'No calls' }).waitFor();
    await expectGood(at.page, 'requests-empty');
  });

  test('finds why a call was refused, by the id of its request', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      ...{ name: NAME, environment: 'live', permissions: ['exemple:read'] },
    });
    const caller = { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' };
    await query(at.service, caller, 'exemple');
    const refused = await query(at.service, { ...caller, signingSecret: 'kss_wrong' }, 'exemple');
    const { requestId } = refused.json.error.data;

    await at.page.goto('/requests');
    await at.page.getByText('2 calls shown.').waitFor();
    await expectGood(at.page, 'requests');
    await at.page.getByLabel('Request id').first().fill(` ${requestId} `);
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.waitForURL(`**/requests?requestId=${requestId}`);
    await at.page.getByText('1 call shown.').waitFor();
    await at.page.getByRole('button', { name: requestId, exact: true }).click();
    const drawer = at.page.getByRole('dialog');
    await drawer.getByText('SIGNATURE_INVALID').first().waitFor();
    expect(await drawer.getByText('127.0.0.1').count()).toBe(1);
    await expectGood(at.page, 'requests-details');
    await drawer.getByRole('link', { name: 'Open the signature debugger' }).click();
    await at.page.waitForURL('**/security/debugger?**');
    const known = at.page.getByRole('table', { name: 'The call in the request log' });
    for (const [name, value] of [
      ['Method', 'GET'],
      ['Target', '/api/exemple'],
      ['Key id', key.id],
      ['Error code', 'SIGNATURE_INVALID'],
    ] as const)
      await known.getByRole('row', { name: `${name} ${value}`, exact: true }).waitFor();
    await at.page.getByText('Not recorded: query, headers, body and signature').waitFor();
    const pasted = await at.page.getByLabel('The request, as it was sent').inputValue();
    expect(pasted).toBe(
      [
        'GET /api/exemple?input=… HTTP/1.1',
        `host: ${at.service.authority}`,
        `authorization: Bearer ks_live_${key.id}_…`,
        `x-signature: v1,k=${key.id},t=…,n=…,s=…`,
        '',
      ].join('\n'),
    );
    // The debugger judges nothing that the page itself filled in.
    const find = at.page.getByRole('button', { name: 'Find the difference' });
    await at.page.getByText('First replace each … with what your code sent').waitFor();
    expect(await find.isDisabled()).toBe(true);
    const grounds = await at.page
      .locator('main :is(table, [role=alert])')
      .evaluateAll((all) => all.map((one) => one.closest('.mantine-Paper-root, [role=alert]')));
    expect(grounds).not.toContain(null);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'requests-debugger');
    const nonce = '3afda543d8d94cbe607cd10a158ad37f';
    await at.page.getByLabel('The request, as it was sent').fill(
      pasted
        .replace('input=…', 'input=%7B%22name%22%3A%22%E2%80%A6%22%7D')
        .replace('_…', `_${'a'.repeat(38)}`)
        .replace('t=…,n=…,s=…', `t=1795600000,n=${nonce},s=${'0'.repeat(64)}`),
    );
    await find.click();
    await at.page.getByText('These are the lines that Keyseal builds').waitFor();
    await at.page.goto('/security/debugger?procedure=%3Cb%3E&key=7&reason=no');
    await at.page.getByLabel('The request, as it was sent').waitFor();
    expect(await at.page.getByLabel('The request, as it was sent').inputValue()).toBe('');
  });

  test('is filtered by keys by name, and shows its filter as chips', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const ids: string[] = [];
    for (const name of ['Web shop', 'Cron']) {
      const { key, secret, signingSecret } = await client.keys.create.mutate({
        ...{ name, environment: 'live', permissions: ['exemple:read'] },
      });
      const caller = { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' };
      await query(at.service, caller, 'exemple');
      await query(at.service, { ...caller, signingSecret: 'kss_wrong' }, 'exemple');
      ids.push(key.id);
    }
    await at.page.goto('/requests');
    await at.page.getByText('4 calls shown.').waitFor();
    const key = at.page.getByRole('combobox', { name: 'Key' });
    await key.fill('shop');
    await at.page.getByRole('option', { name: 'Web shop' }).click();
    await at.page.getByLabel('Outcome').selectOption('refused');
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.waitForURL(`**/requests?key=${ids[0]}&outcome=refused`);
    await at.page.getByText('1 call shown.').waitFor();
    const chips = at.page.getByRole('group', { name: 'Current filters' }).getByRole('button');
    // The name has a request of its own, which may end after that of the calls.
    await expect.poll(() => chips.allInnerTexts()).toEqual(['Key: Web shop', 'Outcome: Refused']);
    await expect.poll(() => key.inputValue()).toBe('Web shop');
    await expectGood(at.page, 'requests-chips');
    await chips.first().focus();
    await at.page.keyboard.press('Enter');
    await at.page.waitForURL('**/requests?outcome=refused');
    await at.page.getByText('2 calls shown.').waitFor();
    expect(await at.page.evaluate('document.activeElement.innerText')).toBe('Outcome: Refused');
    await chips.click();
    await at.page.waitForURL('**/requests');
    await at.page.getByText('4 calls shown.').waitFor();
    expect(await chips.count()).toBe(0);

    // A deleted key is in no list, and its calls are in the log.
    await key.fill('0123456789ab');
    await at.page.getByRole('option', { name: '0123456789ab' }).click();
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.waitForURL('**/requests?key=0123456789ab');
    await at.page.getByText('No call of the last 24 hours matches').waitFor();
    expect(await chips.allInnerTexts()).toEqual(['Key: 0123456789ab']);

    // Nor has an id that is pasted and left to be picked from the list first.
    await key.fill('ba9876543210');
    await at.page.keyboard.press('Tab');
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.waitForURL('**/requests?key=ba9876543210');
    await key.fill('cro');
    await at.page.getByRole('option', { name: 'Cron' }).click();
    await at.page.getByRole('button', { name: 'Apply' }).click();
    await at.page.waitForURL(`**/requests?key=${ids[1]}`);
  });

  test('shows everything of a call on a phone, without scrolling sideways', async () => {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      ...{ name: NAME, environment: 'live', permissions: ['exemple:read'] },
    });
    const caller = { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' };
    const { headers } = await query(at.service, caller, 'exemple');
    await query(at.service, { ...caller, signingSecret: 'kss_wrong' }, 'exemple');
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/requests');
    const rows = at.page.getByRole('table', { name: 'Calls, newest first' }).getByRole('row');
    await rows.nth(2).waitFor();
    for (const n of [1, 2])
      for (const cell of await rows.nth(n).getByRole('cell').all()) {
        const box = await cell.boundingBox();
        expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 360).toBe(true);
      }
    await expectGood(at.page, 'requests-cards');
    // Text can be selected, which opens nothing.
    const procedure = rows.nth(1).getByText('exemple', { exact: true });
    await procedure.scrollIntoViewIfNeeded();
    const text = (await procedure.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await at.page.mouse.move(text.x + 1, text.y + text.height / 2);
    await at.page.mouse.down();
    await at.page.mouse.move(text.x + text.width - 1, text.y + text.height / 2);
    await at.page.mouse.up();
    expect(await at.page.evaluate('String(getSelection())')).not.toBe('');
    expect(await at.page.getByRole('dialog').count()).toBe(0);
    // The whole card opens the call.
    await rows.filter({ hasText: 'Accepted' }).click({ position: { x: 300, y: 40 } });
    await at.page.getByRole('dialog').getByText(String(headers['x-request-id'])).waitFor();
  });

  test('fits a phone, in French, and says that nothing matches', async () => {
    await signUp(at.page);
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/requests?outcome=KEY_EXPIRED&from=2026-11-25T14:05');
    await at.page.getByText('No call of the last 24 hours matches').waitFor();
    await at.page.evaluate(`localStorage.setItem('keyseal-language', 'fr')`);
    await at.page.reload();
    await at.page.getByRole('heading', { name: 'Journal des appels' }).waitFor();
    await at.page.getByText('Aucun appel des 24 dernières heures').waitFor();
    await expectGood(at.page, 'requests-phone');
  });
});
