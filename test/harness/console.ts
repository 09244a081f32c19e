import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createKeysealClient, type KeysealClient } from '../../client/create-client.ts';
import { closeContexts, launch } from './browser.ts';
import { codeAt } from './second-factor.ts';
import { startTestService, type TestService } from './service.ts';

/** Where pictures of each page are put, which git ignores: with `KEYSEAL_TEST_PICTURES=1`, since nothing looks at them. */
const PICTURES =
  process.env['KEYSEAL_TEST_PICTURES'] === '1' ? join(import.meta.dirname, '..', '..', 'screenshots') : null;

export const PASSWORD = 'correct horse battery';

/** A person at the console: a browser context, with the errors of its pages and their requests to other origins. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of scripts and of the policy; empty at the end of every test. */
  readonly consoleErrors: string[];
  /** URLs of other origins that were requested. */
  readonly elsewhere: string[];
  /** Responses other than 2xx and 3xx, and requests that ended without one: what a failed test prints. */
  readonly failedRequests: string[];
}

/** A person who asks for no less motion. Tests of what moves, and one of each kind of dialog, are theirs. */
export const WITH_MOTION = { reducedMotion: 'no-preference' } as const satisfies BrowserContextOptions;

/**
 * A visitor who asks for reduced motion, as `expectAccessible` does too: no page draws frames of what only moves.
 * @param url of the service
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    ...{ locale: 'en-GB', baseURL: url, reducedMotion: 'reduce' },
    ...options,
  });
  // So that the error names what is missing, before the test's own timeout.
  context.setDefaultTimeout(20_000);
  const consoleErrors: string[] = [];
  const elsewhere: string[] = [];
  context.on('console', (message) => {
    // To Chromium, an expected refusal is a failed request.
    if (
      message.type() === 'error' &&
      !/status of 4\d\d|ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(message.text())
    ) {
      consoleErrors.push(`${message.text()} ${message.location().url}`);
    }
  });
  context.on('weberror', (error) => consoleErrors.push(String(error.error())));
  context.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== new URL(url).origin && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url());
  });
  const failedRequests: string[] = [];
  context.on('response', (response) => {
    if (response.status() >= 400) failedRequests.push(`${response.status()} ${response.url()}`);
  });
  context.on('requestfailed', (request) =>
    failedRequests.push(`${request.failure()?.errorText} ${request.url()}`),
  );
  return { context, page: await context.newPage(), consoleErrors, elsewhere, failedRequests };
}

/** A service and a browser, for all tests of a file. */
export interface Opened {
  readonly service: TestService;
  readonly browser: Browser;
}

/** Opens them before the tests of the enclosing `describe`, and closes them afterwards. */
export function opened(start: () => Promise<TestService> = () => startTestService()): Opened {
  const at = {} as { service: TestService; browser: Browser };
  beforeAll(async () => {
    at.service = await start();
    at.browser = await launch();
  });
  afterAll(async () => {
    await closeContexts(at.browser);
    await at.service.stop();
  });
  return at;
}

/** With the visitor of the current test. */
export interface Visited extends Opened {
  visitor: Visitor;
  readonly page: Page;
}

/** The same, with a new visitor for each test, whose pages must have logged no error at its end. */
export function visited(start?: () => Promise<TestService>, options: BrowserContextOptions = {}): Visited {
  const at = Object.defineProperty(opened(start), 'page', { get: () => at.visitor.page }) as Visited;
  beforeEach(async () => {
    at.visitor = await visit(at.browser, at.service.url, options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await printPage(at.visitor);
    await leave(at.visitor, at.service);
  });
  return at;
}

/** What a person saw when a test failed, which the error does not tell. */
async function printPage({ page, failedRequests, consoleErrors }: Visitor): Promise<void> {
  const text = await page.evaluate('document.body.innerText').catch(String);
  console.error(
    [page.url(), ...failedRequests.slice(-20), ...consoleErrors, text].join('\n').slice(0, 6_000),
  );
}

/** Ends a visit. Fails if a page logged an error or requested another origin, with what the service logged about it. */
export async function leave(
  { consoleErrors, elsewhere, context }: Visitor,
  service?: TestService,
): Promise<void> {
  const logged = service?.log.filter((line) => JSON.parse(line).level >= 50).join('');
  expect([consoleErrors, elsewhere], logged).toEqual([[], []]);
  await context.close();
}

let people = 0;

/** Signs a new person up through the page, and waits for the list of keys. @returns the e-mail address */
export async function signUp(page: Page, email = `console-${++people}@example.com`): Promise<string> {
  await page.goto('/sign-up?next=/keys');
  await page.getByLabel('E-mail').fill(email);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.waitForURL(({ pathname }) => pathname.endsWith('/keys'));
  return email;
}

/** Opens the form for a new key from a page of keys. @returns its dialog */
export async function openCreateForm(page: Page): Promise<Locator> {
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Create/ })
    .first()
    .click();
  return page.getByRole('dialog');
}

/** The same, and names the key, and unfolds what has a default. */
export async function openCreation(page: Page): Promise<void> {
  const dialog = await openCreateForm(page);
  await dialog.getByLabel('Name').fill('Shop');
  await dialog.getByRole('button', { name: 'More options' }).click();
}

/** Shows the secrets of a key, which are masked at first. @param dialog that has them */
export async function showSecrets(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: /^(?:Show the|Afficher les) secrets$/ }).click();
}

/** Sets up a second factor in the dialog that asks for the password. @returns the secret of the authenticator app */
export async function fillFactorDialog(dialog: Locator): Promise<string> {
  await dialog.locator('input[name=current-password]').fill(PASSWORD);
  await dialog.locator('button[type=submit]').click();
  await dialog.locator('input[name=code]').waitFor();
  const secret = await dialog.locator('pre').innerText();
  await dialog.locator('input[name=code]').fill(codeAt(secret, Date.now()));
  await dialog.locator('button[type=submit]').click();
  return secret;
}

/** Signs in through the page, and waits for the list of keys. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/sign-in?next=/keys');
  await page.getByLabel('E-mail').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL(({ pathname }) => pathname.endsWith('/keys'));
}

/** A client of a person who has signed up through the page, for calls outside the browser. */
export async function clientOf({ url }: TestService, email: string): Promise<KeysealClient> {
  const answer = await createKeysealClient({ url }).auth.signIn.mutate({ email, password: PASSWORD });
  if ('next' in answer) throw new Error('a second factor');
  const { session } = answer;
  return createKeysealClient({ url, session });
}

/** Resolves once a page has painted its changes, which takes two frames. */
const DRAWN = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** What axe checks: all of its rules, and of the dark page those that colours decide. */
const RULES = { light: {}, dark: { runOnly: ['color-contrast', 'link-in-text-block'] } };

/** Nothing to run where the document has axe already: the builder would compile its megabyte twice for each check. */
async function axeIn(page: Page): Promise<{ readonly axeSource?: string }> {
  return (await page.evaluate<boolean>('"axe" in window')) ? { axeSource: 'undefined' } : {};
}

/**
 * Whether a page is accessible in one of its themes (axe: WCAG 2.2 AA and best practices).
 * @param parts selectors of what is checked; the whole page without them
 */
export async function expectAccessible(page: Page, colorScheme: keyof typeof RULES, ...parts: string[]) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(DRAWN);
  // No page has a frame, without which axe needs no second page for its results.
  const axe = new AxeBuilder({ page, ...(await axeIn(page)) }).setLegacyMode();
  for (const part of parts) axe.include(part);
  const { violations } = await axe.options({ ...RULES[colorScheme], resultTypes: ['violations'] }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
  expect(found).toEqual([]);
}

/** Whether a page is accessible and fits its window, light and dark. */
export async function expectGood(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await expectAccessible(page, colorScheme);
    await picture(page, `${name}-${colorScheme}`);
  }
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wide).toBe(0);
}

/** Waits until the page is drawn and, where pictures are wanted, puts one of it into the folder that git ignores. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(DRAWN);
  if (PICTURES === null) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}
