import { expect } from 'vitest';
import { clientOf, expectGood, signUp, visited } from '../../harness/console.ts';
import { KEPT_IN_DATABASES } from '../../harness/kept-in-page.ts';
import { requires } from '../../harness/requires.ts';

/** Each way of breaking a call, by its value in the list, with the one reason that it is refused for. */
const REFUSED = [
  ['input', 'SIGNATURE_INVALID'],
  ['replay', 'SIGNATURE_REPLAYED'],
  ['late', 'SIGNATURE_EXPIRED'],
  ['early', 'SIGNATURE_EXPIRED'],
  ['path', 'SIGNATURE_INVALID'],
  ['secret', 'SIGNATURE_INVALID'],
  ['unsigned', 'SIGNATURE_MISSING'],
] as const;

requires('browser').describe('the playground', () => {
  const { test } = requires('browser');
  const at = visited();

  /** A key of the person who signed up in the page. */
  async function keyOf(email: string, permissions: string[]) {
    const person = await clientOf(at.service, email);
    const made = await person.keys.create.mutate({
      name: 'For the playground',
      environment: 'test',
      permissions,
    });
    return { id: made.key.id, apiKey: made.secret as string, signingSecret: made.signingSecret as string };
  }

  async function hold({ apiKey, signingSecret }: { apiKey: string; signingSecret: string }) {
    await at.page.getByLabel('API key', { exact: true }).fill(apiKey);
    await at.page.getByLabel('Signing secret', { exact: true }).fill(signingSecret);
    await at.page.getByRole('button', { name: 'Use this key' }).click();
  }

  const send = () => at.page.getByRole('button', { name: 'Sign and send' }).click();
  const lines = () => at.page.getByRole('list', { name: 'The lines of the base' }).getByRole('listitem');

  const lines10 = async () => (await lines().allInnerTexts()).map((text) => text.trim().split('\n').at(-1));

  async function choose(procedure: string) {
    await at.page.getByRole('combobox', { name: 'Procedure' }).fill(procedure);
    await at.page.getByRole('option', { name: procedure, exact: true }).click();
  }

  test('signs a call in the browser, shows the ten lines of the base, and forgets the key', async () => {
    await at.page.setViewportSize({ width: 360, height: 740 });
    const key = await keyOf(await signUp(at.page), ['exemple:read']);
    await at.page.goto(`/playground?key=${key.id}`);
    await at.page.getByText('For the playground').waitFor();
    await send();
    await at.page.getByText('First choose the key that signs.').waitFor();
    await hold(key);
    await at.page.getByText(`Signs with ks_test_${key.id}_…`).waitFor();
    await at.page.getByLabel('name').fill("l'été");
    // The button is in view however long the form is, and Ctrl+Enter sends from a field.
    const box = await at.page.getByRole('button', { name: 'Sign and send' }).boundingBox();
    expect((box?.y ?? 740) + (box?.height ?? 0)).toBeLessThanOrEqual(740);
    await at.page.keyboard.press('Control+Enter');
    await at.page.getByText(`"message": "Hello, l'été!"`).waitFor();

    const shown = await lines().allInnerTexts();
    const values = shown.map((text) => text.trim().split('\n').at(-1));
    expect(values.slice(0, 2)).toEqual(['v1.request', key.id]);
    expect(values.slice(4, 8)).toEqual([
      'GET',
      at.service.authority,
      '/api/exemple?input=%7B%22name%22%3A%22l%27%C3%A9t%C3%A9%22%7D',
      '(empty)',
    ]);
    await at.page.getByText(`x-signature: v1,k=${key.id},t=${values[2]},n=${values[3]},s=`).first().waitFor();
    await expectGood(at.page, 'playground');

    const kept: string = await at.page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML])',
    );
    // The call is in the list of this tab, which a reload keeps.
    const past = at.page.getByRole('table', { name: 'Calls in this tab' });
    await past.getByRole('row', { name: /exemple 200/ }).waitFor();
    expect(kept).toContain('keyseal-playground');
    expect(kept.slice(0, kept.indexOf('http'))).not.toContain('été');
    const databases = await at.page.evaluate(KEPT_IN_DATABASES);
    for (const secret of [key.apiKey, key.signingSecret]) {
      expect(kept).not.toContain(secret);
      expect(databases).not.toContain(secret);
    }
    await at.page.goto('/security');
    await at.page.goto('/playground');
    await at.page.getByLabel('Signing secret', { exact: true }).waitFor();
    await past.getByRole('row', { name: /exemple 200/ }).waitFor();
    await at.page.getByRole('button', { name: 'Clear the list' }).click();
    await past.waitFor({ state: 'detached' });
  }, 60_000);

  test('has the procedure and the button on one line, which stays in view', async () => {
    const key = await keyOf(await signUp(at.page), ['exemple:read']);
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await at.page.goto('/playground');
    await hold(key);
    const procedure = at.page.getByRole('combobox', { name: 'Procedure' });
    const button = at.page.getByRole('button', { name: 'Sign and send' });
    const expectOneLine = async () => {
      const [left, right] = [await procedure.boundingBox(), await button.boundingBox()];
      expect(Math.abs((left?.y ?? 0) - (right?.y ?? 99))).toBeLessThan(4);
      expect(right?.y).toBeLessThan(300);
    };
    await expectOneLine();
    await button.click();
    await at.page
      .getByText('The ten lines closed into a seal: the call was accepted.', { exact: true })
      .waitFor();
    await at.page.evaluate('scrollTo(0, 700)');
    await expectOneLine();
    for (const width of [360, 720, 1920]) {
      await at.page.setViewportSize({ width, height: 900 });
      await expectGood(at.page, `playground-accepted-${width}`);
    }
  });

  test('signs with the key that is typed in, and says what is wrong with it', async () => {
    const key = await keyOf(await signUp(at.page), ['exemple:read']);
    await at.page.goto('/playground');
    await at.page.getByLabel('API key', { exact: true }).fill(key.apiKey);
    await send();
    await at.page.getByText('A signing secret looks like kss_…').waitFor();
    await at.page.getByLabel('Signing secret', { exact: true }).fill(key.signingSecret);
    await send();
    await at.page.getByText('"message": "Hello, Ada!"').waitFor();
    await at.page.getByText(`Signs with ks_test_${key.id}_…`).waitFor();
  });

  test('has nothing over its button, however narrow the window', async () => {
    await signUp(at.page);
    for (const language of ['en', 'fr']) {
      await at.page.evaluate(`localStorage.setItem('keyseal-language', '${language}')`);
      await at.page.goto('/playground');
      // 720 pixels at 200 % are 360.
      for (const width of [360, 390, 720]) {
        await at.page.setViewportSize({ width, height: 740 });
        for (let from = 0; from <= 500; from += 20) {
          await at.page.evaluate(`scrollTo(0, ${from})`);
          const over = await at.page.locator('form[class*=send] button').evaluate((button) => {
            const { left, top, width, height } = button.getBoundingClientRect();
            const points = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => [left + width * part, top + height / 2]);
            return points.flatMap(([x = 0, y = 0]) => {
              const element = document.elementFromPoint(x, y);
              return element && !button.contains(element) ? [element.textContent] : [];
            });
          });
          expect(over, `${language} ${width} ${from}`).toEqual([]);
        }
      }
    }
  }, 60_000);

  test('breaks a call on purpose, in each way with its own reason', async () => {
    const key = await keyOf(await signUp(at.page), ['echo:write']);
    await at.page.goto('/playground?procedure=echo');
    await hold(key);
    await at.page.getByLabel('text').fill('hello');
    for (const [breakage, reason] of REFUSED) {
      await at.page.getByLabel('Break it on purpose').selectOption(breakage);
      const answered = at.page.waitForResponse((response) => response.status() === 401);
      await send();
      const id = (await answered).headers()['x-request-id'] as string;
      const refusal = at.page.getByRole('alert').filter({ hasText: id });
      await refusal.getByText(reason, { exact: true }).waitFor();
    }
    await at.page.getByText('Every procedure except the public ones needs a signature').waitFor();

    await at.page.getByLabel('Break it on purpose').selectOption('input');
    await send();
    await at.page.locator('li[data-differs]').waitFor();
    expect(await at.page.locator('li[data-differs]').allInnerTexts()).toEqual([
      expect.stringContaining('10. digest of the body'),
    ]);
    // The first sentence names it, in place of everything that it might have been.
    const cause = at.page.getByRole('alert').getByText('Line 10, digest of the body, differs');
    await cause.waitFor();
    expect(await at.page.getByRole('alert').locator('p').first().innerText()).toMatch(/^Line 10, /);
    expect(await at.page.getByText('A line of the signature base differs, the').count()).toBe(0);

    await at.page.getByLabel('Break it on purpose').selectOption('nothing');
    await at.page.getByText('JSON', { exact: true }).click();
    await at.page.getByLabel('The input as JSON').fill('{"text": "raw"}');
    await send();
    await at.page.getByText('"text": "raw"').last().waitFor();
    await at.page.getByText('Form', { exact: true }).click();
    expect(await at.page.getByLabel('text').inputValue()).toBe('raw');
  }, 60_000);

  test('signs in the form of RFC 9421 as well, and marks the line that differs', async () => {
    const key = await keyOf(await signUp(at.page), ['echo:write']);
    await at.page.goto('/playground?procedure=echo');
    await hold(key);
    await at.page.getByLabel('Signature format').selectOption('rfc9421');
    await at.page.getByLabel('text').fill('hello');
    await send();
    await at.page.getByText('"text": "hello"').last().waitFor();
    const shown = await lines().allInnerTexts();
    expect(shown.map((text) => text.trim().split('\n')[0])).toEqual([
      ...['1. @method', '2. @target-uri', '3. content-type', '4. content-digest', '5. @signature-params'],
    ]);
    await at.page.getByText('signature-input: sig=(').first().waitFor();

    await at.page.getByLabel('Break it on purpose').selectOption('path');
    await send();
    await at.page.locator('li[data-differs]').waitFor();
    expect(await at.page.locator('li[data-differs]').allInnerTexts()).toEqual([
      expect.stringContaining('2. @target-uri'),
    ]);

    await at.page.getByLabel('Break it on purpose').selectOption('nothing');
    await choose('whoami');
    await at.page.getByLabel('Signature format').selectOption('rfc9421');
    await at.page.getByLabel('Me, with my session').check();
    await send();
    await at.page.getByText('"permissions": [').waitFor();
    const [covered = ''] = (await lines().allInnerTexts()).filter((text) => text.includes('authorization'));
    expect(covered.trim().split('\n').at(-1)).toBe('"authorization": Bearer …');
  }, 60_000);

  test('calls as the signed-in person, and says what a key lacks', async () => {
    const key = await keyOf(await signUp(at.page), ['echo:write']);
    await at.page.goto('/playground?procedure=keys.list');
    await hold(key);
    await at.page.getByText('This key does not have the permission').waitFor();
    await at.page.getByLabel('Me, with my session').check();
    await at.page.getByLabel('limit').fill('1');
    await send();
    await at.page.getByText('"name": "For the playground"').waitFor();
    await choose('whoami');
    await at.page.getByLabel('A key, on my behalf').check();
    await send();
    await at.page.getByText('x-user-token: …').waitFor();
    await at.page.getByText('"permissions": [').waitFor();
  });

  test('reads a response with debug, and calls nothing right that is not ten lines', async () => {
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const lines = ['v1.request', 'p5fMHdwaqMrC', '1795600000', '3afda543d8d94cbe607cd10a158ad37f', 'GET'];
    const base = [...lines, 'api.example.com', '/api/exemple?input=1', '', nothing, nothing].join('\n');
    const data = { code: 'UNAUTHORIZED', httpStatus: 401, reason: 'SIGNATURE_INVALID', debug: { base } };
    const response = JSON.stringify({ error: { message: 'no', code: -32001, data } }, null, 2);
    await at.page.goto('/security/debugger');
    const find = () => at.page.getByRole('button', { name: 'Find the difference' }).click();
    const request = at.page.getByLabel('The request, as it was sent');
    const head = 'HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n\n';
    const escaped = JSON.stringify(base);
    for (const pasted of [response, head + response, `[${response}]`, escaped, escaped.slice(1, -1)]) {
      await request.fill(pasted);
      await find();
      await at.page.getByText('These are the lines that Keyseal builds').waitFor();
      expect(await lines10()).toEqual(base.split('\n').map((line) => line || '(empty)'));
    }
    const own = at.page.getByLabel('The signature base that your code built');
    await own.fill(base.replace('?input=1', ''));
    await find();
    await at.page.getByText('One line differs: 7, path and query').waitFor();
    await own.fill('');
    await request.fill('v1.request\np5fMHdwaqMrC');
    await find();
    await at.page.getByText('There are fewer than ten lines.').waitFor();
    expect(await at.page.getByText('These are the lines that Keyseal builds').count()).toBe(0);
    await request.fill('{"error":{"message":"no"}}');
    await find();
    await at.page.getByText('or a response with debug.base').waitFor();
  });

  test('finds the line of a base that differs, without a session or a call', async () => {
    await at.page.setViewportSize({ width: 360, height: 740 });
    await at.page.goto('/security/debugger');
    await at.page.getByRole('heading', { name: 'Signature debugger' }).waitFor();
    await at.page.getByRole('button', { name: 'Fill in an example' }).click();
    await at.page.getByRole('button', { name: 'Find the difference' }).click();
    await at.page.getByText('The query is missing: it is signed with the path.').waitFor();
    await at.page.getByLabel('The signature base that your code built').fill('');
    const called: string[] = [];
    at.page.on('request', (request) => called.push(request.url()));
    const signature = `v1,k=p5fMHdwaqMrC,t=1795600000,n=3afda543d8d94cbe607cd10a158ad37f,s=${'0'.repeat(64)}`;
    await at.page
      .getByLabel('The request, as it was sent')
      .fill(
        `curl 'https://api.example.com/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D' -H 'authorization: Bearer ks_test_p5fMHdwaqMrC_${'a'.repeat(38)}' -H 'x-signature: ${signature}'`,
      );
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const target = '/api/exemple?input={"name":"Ada"}';
    const base = ['v1.request', 'p5fMHdwaqMrC', '1795600000', '3afda543d8d94cbe607cd10a158ad37f', 'GET'];
    await at.page
      .getByLabel('The signature base that your code built')
      .fill([...base, 'api.example.com', target, '', nothing, nothing].join('\n'));
    await at.page.getByRole('button', { name: 'Find the difference' }).click();
    await at.page.getByText('One line differs: 7, path and query').waitFor();
    await at.page.locator('li[data-differs]').getByText('was decoded').waitFor();
    await expectGood(at.page, 'debugger');
    expect(called.filter((url) => !/\/(?:assets\/.*|icon\.svg)$/.test(url))).toEqual([]);
  });
});
