import type { Dialog, Page, Route } from 'playwright-core';
import { expect, vi } from 'vitest';
import { clientOf, expectGood, fillFactorDialog, signUp } from '../../harness/console.ts';
import { insertDay } from '../../harness/console-usage.ts';
import { visitedWithWorkloads } from '../../harness/console-workloads.ts';
import { query } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 400_000 });

/** Names that are as wide as they may be, run from right to left, or are one picture of many characters. */
const WIDE = '漢'.repeat(100);
const RIGHT_TO_LEFT = '\u200fמפתח של \u200e<b>R&D</b> \u200e123';
const EMOJI = '👩‍👩‍👧‍👦🔑🏳️‍🌈'.repeat(5);

/** A phone, a window of 1280 pixels at a zoom of 200%, and a desk. */
const WINDOWS = [
  { width: 360, height: 740 },
  { width: 640, height: 450 },
  { width: 1440, height: 900 },
] as const;

/** Pages, each with a call that it makes and cannot do without. */
const PAGES = [
  ['/', 'usage.workspace'],
  ['/keys', 'keys.list'],
  ['/keys/KEY', 'keys.get'],
  ['/keys/KEY?tab=audit', 'audit.list'],
  ['/usage', 'usage.workspace'],
  ['/requests', 'requests.list'],
  ['/audit', 'audit.list'],
  ['/team', 'members.list'],
  ['/workspace', 'exchangeRules.list'],
  ['/profile', 'passkeys.list'],
  ['/sessions', 'sessions.list'],
] as const;

type Answer = Parameters<Route['fulfill']>[0];

/** What answers in place of the service. */
const FAILURES: readonly (readonly [string, (url: string) => Answer])[] = [
  [
    '503',
    () => ({ status: 503, headers: { 'retry-after': '0' }, contentType: 'text/html', body: '<h1>Down</h1>' }),
  ],
  ['garbage', () => ({ status: 200, contentType: 'application/json', body: '{"result":{"data":[}' })],
  ['another shape', emptyAnswer],
];

/** A response to each call of a request, with nothing in it. */
function emptyAnswer(url: string): Answer {
  const { pathname, searchParams } = new URL(url);
  const empty = { result: { data: {} } };
  return { json: searchParams.has('batch') ? pathname.split(',').map(() => empty) : empty };
}

const ANY_CALL = /\/api\//;

/** Answers the calls of a request with nothing in them, except some. @param kept their names */
const emptyExcept = (kept: RegExp) => async (route: Route) => {
  const names = new URL(route.request().url()).pathname.split('/api/')[1]?.split(',') ?? [];
  if (!names.some((name) => kept.test(name))) return route.fulfill(emptyAnswer(route.request().url()));
  if (names.every((name) => kept.test(name))) return route.continue();
  const real = (await (await route.fetch()).json()) as unknown[];
  return route.fulfill({
    json: names.map((name, at) => (kept.test(name) ? real[at] : { result: { data: {} } })),
  });
};

/** The outermost elements that make a page wider than its window. A chart takes a frame to follow its window. */
const TOO_WIDE = `(({ scrollWidth, clientWidth }) => scrollWidth === clientWidth ? [] :
  [...document.querySelectorAll('main *')]
    .filter((one) => one.getBoundingClientRect().right > clientWidth)
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 200)))(document.documentElement)`;

/** The parts of a page that a reader of a phone would have to scroll sideways. */
const SIDEWAYS = `[...document.querySelectorAll('main [role=region]')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map((one) => one.getAttribute('aria-label'))`;

/** What is wider than the card that contains it. */
const BEYOND_CARD = `[...document.querySelectorAll('main .mantine-Paper-root')].flatMap((card) =>
  [...card.querySelectorAll('button, input, select, textarea, p')]
    .filter((one) => one.getBoundingClientRect().right > card.getBoundingClientRect().right)
    .map((one) => one.outerHTML.slice(0, 200)))`;

/** Each audience belongs to one workspace. */
let audiences = 0;

/** Light text, dark grounds, and cards without anything below their headings. */
const NOT_FOR_PAPER = `(() => {
  const lightness = (color) => {
    const [r, g, b, alpha = 1] = color.match(/[\\d.]+/g).map(Number);
    const scale = color.startsWith('rgb') ? 255 : 1;
    return alpha < 0.5 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / scale;
  };
  const shown = [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility() && one.clientWidth > 1);
  const hasText = (one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== '');
  const wrong = shown.filter((one) => {
    const { color, backgroundColor } = getComputedStyle(one);
    return (hasText(one) && lightness(color) > 0.6) || (one.innerText && (lightness(backgroundColor) ?? 1) < 0.4);
  });
  const empty = shown.filter(
    (one) => one.matches('.mantine-Paper-root') && one.innerText.trim() === one.querySelector('h2')?.innerText.trim() && !one.querySelector('input'),
  );
  return [...wrong, ...empty].map((one) => one.outerHTML.slice(0, 200));
})()`;

requires('browser').describe('bad input at the console', () => {
  const { test } = requires('browser');
  const at = visitedWithWorkloads();

  /** A workspace in which each thing has a name that is hard to show. @returns the id of a key, and an invitation */
  async function hostileNames(): Promise<{ readonly id: string; readonly token: string }> {
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    await client.workspaces.rename.mutate({ name: WIDE });
    await client.auth.updateProfile.mutate({ name: RIGHT_TO_LEFT });
    const made = { environment: 'live' as const, permissions: ['exemple:read', 'keys:*'] };
    const { key, secret, signingSecret } = await client.keys.create.mutate({
      ...{ ...made, name: WIDE, metadata: { [EMOJI]: WIDE }, externalId: RIGHT_TO_LEFT },
      limits: [{ name: 'a'.repeat(32), limit: 1_000_000_000, windowSeconds: 2_592_000 }],
      credits: { remaining: 1_000_000_000_000 },
    });
    for (const name of [RIGHT_TO_LEFT, EMOJI]) await client.keys.create.mutate({ ...made, name });
    await client.exchangeRules.create.mutate({
      ...{
        name: WIDE,
        issuer: 'github',
        audience: `https://${'a'.repeat(60)}.${++audiences}.example`,
        subject: 's'.repeat(255),
      },
      ...{ claims: {}, environment: 'live', permissions: ['exemple:read'], lifetimeSeconds: 900 },
    });
    const { token } = await client.invitations.create.mutate({
      ...{ email: `${'long-'.repeat(10)}@${'sub.'.repeat(20)}example.com`, role: 'viewer' },
    });
    await insertDay(at.service, key.id);
    const caller = { id: key.id, apiKey: secret, signingSecret: signingSecret ?? '' };
    await query(at.service, caller, 'exemple');
    await query(at.service, { ...caller, signingSecret: 'kss_wrong' }, 'exemple');
    await keepFilters(at.page);
    return { id: key.id, token };
  }

  /** Saves a filter with a wide name on a page that has them. */
  async function keepFilters(page: Page): Promise<void> {
    await page.goto('/requests?outcome=refused');
    await page.getByRole('button', { name: /^Saved filters/ }).click();
    await page.getByRole('dialog').getByLabel('Name of the current filter').fill(WIDE.slice(0, 60));
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').getByText(WIDE.slice(0, 60)).waitFor();
  }

  /** Forgets errors that a test has caused. */
  function forgetErrors(caused: RegExp): void {
    const others = at.visitor.consoleErrors.filter((error) => !caused.test(error));
    at.visitor.consoleErrors.splice(0, Number.POSITIVE_INFINITY, ...others);
  }

  const fits = (page: Page, name: string) =>
    expect.poll(() => page.evaluate(TOO_WIDE), { message: name, timeout: 5_000 }).toEqual([]);

  // In French, whose messages are longer.
  test('names of any script fit every page, on a phone and at 200%', async () => {
    const { id, token } = await hostileNames();
    await at.page.evaluate("localStorage.setItem('keyseal-language', 'fr')");
    const tabs = ['live', 'policy', 'audit', 'settings'].map((tab) => `/keys/${id}?tab=${tab}`);
    const pages = PAGES.map(([path]) => path.replace('KEY', id));
    for (const path of [...new Set([...pages, ...tabs, `/invitation#${token}`, '/playground'])]) {
      // A stream is never idle.
      await at.page.goto(path, { waitUntil: path.endsWith('live') ? 'load' : 'networkidle' });
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      for (const size of WINDOWS) {
        await at.page.setViewportSize(size);
        await fits(at.page, `${path} at ${size.width}`);
      }
      await at.page.setViewportSize(WINDOWS[0]);
      for (const found of [SIDEWAYS, BEYOND_CARD])
        await expect.poll(() => at.page.evaluate(found), { message: path, timeout: 5_000 }).toEqual([]);
      // The first letter of a name, after its mark of direction.
      if (path === '/team')
        await at.page.getByRole('button', { name: 'Compte' }).getByText('מ', { exact: true }).waitFor();
      await expectGood(at.page, `bad-input/fr${path.replaceAll(/[^a-z]+/g, '-').slice(0, 30)}`);
    }
  });

  for (const [how, answerTo] of FAILURES) {
    test(`a page whose call fails says so, and works once it succeeds: ${how}`, async () => {
      const { id } = await hostileNames();
      for (const [path, call] of PAGES) {
        const isCall = new RegExp(`/api/[^?]*${call.replace('.', '\\.')}`);
        await at.page.route(isCall, (route) => route.fulfill(answerTo(route.request().url())));
        await at.page.goto(path.replace('KEY', id));
        const again = at.page.getByRole('main').getByRole('button', { name: 'Try again' });
        await again.first().waitFor();
        await at.page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
        expect(await at.page.getByText('Something went wrong on our side').count(), path).toBe(0);
        await at.page.unroute(isCall);
        // Calls of one batch fail together, each with a button of its own.
        const tryAll = async () => {
          for (const button of await again.all()) await button.click({ timeout: 1_000 }).catch(() => {});
          return again.count();
        };
        await expect.poll(tryAll, { message: path, interval: 300, timeout: 15_000 }).toBe(0);
        await at.page.getByRole('heading', { level: 1 }).waitFor();
      }
      // Chromium reports each failed request as an error, and React what a part of the page threw.
      forgetErrors(/status of 503|TypeError/);
    });
  }

  test('a part of a page that cannot be shown leaves the others and the frame', async () => {
    const { id } = await hostileNames();
    await at.page.setViewportSize(WINDOWS[2]);
    const main = at.page.getByRole('main');
    const again = main.getByRole('button', { name: 'Try again' });
    /** Each page, and the calls whose answers are as they should be. */
    const pages = [
      ...PAGES.map(([path]) => ({ path: path.replace('KEY', id), kept: /^whoami$/ })),
      ...['', '?tab=policy', '?tab=audit'].map((tab) => ({
        path: `/keys/${id}${tab}`,
        kept: /^(whoami|keys\.get)$/,
      })),
    ];
    for (const { path, kept } of pages) {
      await at.page.route(ANY_CALL, emptyExcept(kept));
      await at.page.goto(path);
      await again.first().waitFor();
      await at.page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
      await at.page.getByRole('button', { name: /^Account/ }).waitFor();
      await main.getByRole('heading', { level: 1 }).waitFor();
      expect(await at.page.getByText('Something went wrong on our side').count(), path).toBe(0);
      expect(await main.innerText(), path).not.toMatch(/undefined|NaN|Invalid Date/);
      if (path === '/profile') {
        await main.getByText('This part of the page cannot be shown').first().waitFor();
        await expectGood(at.page, 'bad-input/broken-sections');
        // What is typed into another part stays while this one is fetched again.
        await main.getByLabel('Name', { exact: true }).fill('Typed meanwhile');
      }
      await at.page.unroute(ANY_CALL);
      const tryAll = async () => {
        for (const button of await again.all()) await button.click({ timeout: 1_000 }).catch(() => {});
        return again.count();
      };
      await expect.poll(tryAll, { message: path, interval: 300, timeout: 15_000 }).toBe(0);
      if (path !== '/profile') continue;
      expect(await main.getByLabel('Name', { exact: true }).inputValue()).toBe('Typed meanwhile');
      // What the frame lacked comes back with the rest.
      await at.page.getByRole('button', { name: /^Workspace:/ }).waitFor();
    }
    forgetErrors(/TypeError/);
  });

  test('the frame stays even if every call is answered with nothing', async () => {
    await signUp(at.page);
    await at.page.route(ANY_CALL, emptyExcept(/^$/));
    for (const path of ['/', '/keys', '/team']) {
      await at.page.goto(path);
      await at.page.getByRole('main').getByRole('button', { name: 'Try again' }).first().waitFor();
      await at.page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
    }
    await at.page.unroute(ANY_CALL);
    await at.page.getByRole('main').getByRole('button', { name: 'Try again' }).first().click();
    await at.page.getByRole('heading', { level: 1, name: 'Team' }).waitFor();
    forgetErrors(/TypeError/);
  });

  test('a page waits for a slow service, and shows that it does', async () => {
    const { id } = await hostileNames();
    for (const [path, call] of PAGES) {
      const isCall = new RegExp(`/api/[^?]*${call.replace('.', '\\.')}`);
      const held: Route[] = [];
      await at.page.route(isCall, (route) => void held.push(route));
      await at.page.goto(path.replace('KEY', id));
      await expect.poll(() => held.length, { message: path }).toBeGreaterThan(0);
      // The frame is there, and no page says that there is nothing.
      await at.page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
      expect(
        await at.page
          .getByRole('main')
          .getByText(/^(?:No |There are no )/)
          .count(),
        path,
      ).toBe(0);
      await at.page.unroute(isCall);
      for (const route of held.splice(0)) await route.continue().catch(() => {});
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      await at.page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
    }
  });

  test('two tabs that change the same key both say what happened', async () => {
    const { id } = await hostileNames();
    const other = await at.visitor.context.newPage();
    await at.page.setViewportSize(WINDOWS[2]);
    for (const page of [at.page, other]) {
      await page.goto(`/keys/${id}?tab=settings`);
      await page.getByLabel(/^Name/).first().waitFor();
    }
    // Each sends only what it changed: neither undoes the other's change.
    await at.page.getByLabel(/^Name/).first().fill('Renamed here');
    await at.page.getByRole('button', { name: 'Save the changes' }).click();
    await at.page.getByRole('heading', { name: 'Renamed here', level: 1 }).waitFor();
    await other.getByLabel('Allowed IP addresses').fill('203.0.113.0/24');
    await other.getByRole('button', { name: 'Save the changes' }).click();
    await other.getByRole('heading', { name: 'Renamed here', level: 1 }).waitFor();
    await at.page.goto(`/keys/${id}?tab=policy`);
    await at.page.getByText('203.0.113.0/24').waitFor();
    // One disables it while the other asks whether to: the same wish twice is no error.
    await at.page.goto(`/keys/${id}?tab=settings`);
    await at.page.getByLabel(/^Name/).first().fill('Too late');
    await other.getByRole('button', { name: /^Actions for/ }).click();
    await other.getByRole('menuitem', { name: 'Revoke…' }).click();
    await other
      .getByRole('dialog')
      .getByLabel(/^Type the name/)
      .fill('Renamed here');
    await other.getByRole('dialog').getByRole('button', { name: 'Revoke permanently' }).click();
    await other.getByText(/^Revoked /).waitFor();
    await at.page.getByRole('button', { name: 'Save the changes' }).click();
    await at.page
      .getByRole('alert')
      .filter({ hasText: /revoked/i })
      .first()
      .waitFor();
    await other.close();
  });

  /** Dialogs that show what cannot be shown again, and how to open each. */
  const SECRETS: readonly (readonly [name: string, path: string, open: (page: Page) => Promise<unknown>])[] =
    [
      [
        'a new key',
        '/keys?create=true',
        async (page) => {
          await page.getByRole('dialog').getByLabel('Name').fill('Shown once');
          await page.getByRole('dialog').getByRole('button', { name: 'Create the key' }).click();
        },
      ],
      [
        'a rotation',
        '/keys',
        async (page) => {
          await page.getByRole('button', { name: 'Actions for Shown once' }).click();
          await page.getByRole('menuitem', { name: 'Rotate…' }).click();
          await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
        },
      ],
      [
        'a leak',
        '/keys',
        async (page) => {
          await page.getByRole('link', { name: 'Shown once' }).click();
          await page.getByRole('button', { name: 'Report a leak…' }).click();
          await page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click();
        },
      ],
      [
        'an invitation',
        '/team',
        async (page) => {
          await page.getByRole('button', { name: 'Invite someone' }).click();
          await page.getByLabel('E-mail').fill('once@example.com');
          await page.getByRole('button', { name: 'Create invite link' }).click();
        },
      ],
      [
        'recovery codes',
        '/profile',
        async (page) => {
          await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
          const dialog = page.getByRole('dialog').filter({ has: page.locator('input') });
          await fillFactorDialog(dialog);
          await page.getByRole('dialog', { name: 'Your recovery codes' }).waitFor();
        },
      ],
    ];

  /** Dismisses every question of the page. @returns their kinds, as they come, and what ends this */
  const stay = (page: Page) => {
    const asked: string[] = [];
    const dismiss = (question: Dialog) => {
      asked.push(question.type());
      void question.dismiss();
    };
    page.on('dialog', dismiss);
    return { asked, end: () => page.off('dialog', dismiss) };
  };

  test('no dialog loses a secret to Back, a reload or its close button without a question', async () => {
    await signUp(at.page);
    for (const [name, path, open] of SECRETS) {
      await at.page.goto('/docs');
      await at.page.goto(path);
      await open(at.page);
      const shown = at.page
        .getByRole('dialog')
        .getByRole('button', { name: /^Copy: / })
        .first();
      await shown.waitFor();
      const { asked, end } = stay(at.page);
      await at.page.evaluate('history.back()');
      await expect.poll(() => asked, { message: name }).toHaveLength(1);
      await at.page.evaluate('location.reload()').catch(() => {});
      await expect.poll(() => asked, { message: name }).toHaveLength(2);
      await at.page.keyboard.press('Escape');
      const close = at.page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true });
      // Recovery codes have none.
      const closes = await close.count();
      expect(closes, name).toBe(name === 'recovery codes' ? 0 : 1);
      if (closes) await close.click();
      await shown.waitFor();
      expect(asked, name).toHaveLength(2 + closes);
      // The button that says that the user is done asks nothing.
      await at.page
        .getByRole('dialog')
        .getByRole('button', { name: /^(Done|I have saved them)$/ })
        .click();
      await at.page.getByRole('dialog').waitFor({ state: 'detached' });
      await at.page.goto('/docs');
      await at.page.getByRole('heading', { level: 1 }).waitFor();
      expect(asked, name).toHaveLength(2 + closes);
      end();
    }
    await at.page.goto('/team');
    await at.page.getByRole('button', { name: 'Invite someone' }).click();
    await at.page.getByLabel('E-mail').fill('twice@example.com');
    await at.page.getByRole('button', { name: 'Create invite link' }).click();
    await at.page.getByRole('dialog').locator('code').waitFor();
    at.page.once('dialog', (question) => void question.accept());
    await at.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a dialog stays open while secrets are on their way to it', async () => {
    await signUp(at.page);
    const held: Route[] = [];
    await at.page.route(/keys\.(create|rotate)/, (route) => void held.push(route));
    const leave = async () => {
      await expect.poll(() => held.length).toBe(1);
      await at.page.keyboard.press('Escape');
      for (const name of ['Cancel', 'Close'])
        await at.page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
      await held.pop()?.continue();
      const shown = at.page.getByRole('dialog').getByLabel('API key', { exact: true });
      await shown.waitFor();
      await at.page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    };
    await at.page.goto('/keys?create=true');
    await at.page.getByRole('dialog').getByLabel('Name').fill('On its way');
    await at.page.getByRole('dialog').getByRole('button', { name: 'Create the key' }).click();
    await leave();
    await at.page.getByRole('link', { name: 'On its way' }).click();
    await at.page.getByRole('button', { name: 'Report a leak…' }).click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click();
    await leave();
    await at.page.getByRole('button', { name: /^Actions for/ }).click();
    await at.page.getByRole('menuitem', { name: 'Rotate…' }).click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
    await leave();
  });

  test('a page is printed without the frame, dark on white', async () => {
    const { id } = await hostileNames();
    await at.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const path of [
      ...['/keys', `/keys/${id}`, `/keys/${id}?tab=policy`, '/requests', '/usage', '/audit', '/team'],
      ...['/profile', '/docs/quickstart'],
    ]) {
      await at.page.goto(path);
      await at.page.locator('h1').waitFor();
      await expect.poll(() => at.page.locator('[aria-busy="true"]').count(), { timeout: 20_000 }).toBe(0);
      // Links that look like buttons only do something too.
      expect(await at.page.locator('a.mantine-Button-root:visible').allInnerTexts(), path).toEqual([]);
      await expect.poll(() => at.page.evaluate(NOT_FOR_PAPER), { message: path }).toEqual([]);
      // A button that is the text of a cell is content.
      for (const part of ['header', 'nav', 'button:not(:is(td, th) > button)'])
        expect(
          await at.page.locator(part).evaluateAll((all) => all.filter((one) => one.checkVisibility()).length),
        ).toBe(0);
      const color = (selector: string, property: 'color' | 'backgroundColor') =>
        at.page
          .locator(selector)
          .first()
          .evaluate((element, name) => getComputedStyle(element)[name], property);
      expect(await color('h1', 'color')).toBe('rgb(17, 25, 35)');
      expect(await color('main', 'backgroundColor')).toBe('rgb(255, 255, 255)');
    }
    await at.page.goto('/audit');
    await at.page.getByText('Key created').first().waitFor();
    // The screen has its colours again afterwards.
    await at.page.emulateMedia({ media: 'screen' });
    await expect
      .poll(() => at.page.evaluate('getComputedStyle(document.body).backgroundColor'))
      .toBe('rgb(12, 18, 26)');
  });
});
