import { expect } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

/** Read from right to left, with wide characters. */
const NAME = `\u200f${'漢'.repeat(80)} 🗝️`;

requires('browser').describe('the request log', () => {
  const { test } = requires('browser');
  const at = visited();

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
    await at.page.getByRole('button', { name: requestId }).click();
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
      `GET ${at.service.url}/api/exemple HTTP/1.1\nauthorization: Bearer ks_live_${key.id}_…\nx-signature: …\n`,
    );
    await at.page.setViewportSize({ width: 360, height: 740 });
    await expectGood(at.page, 'requests-debugger');
    await at.page.goto('/security/debugger?procedure=%3Cb%3E&key=7&reason=no');
    await at.page.getByLabel('The request, as it was sent').waitFor();
    expect(await at.page.getByLabel('The request, as it was sent').inputValue()).toBe('');
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
