import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { sessions, users } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { closeContexts, launch } from '../../harness/browser.ts';
import { expectGood, signIn } from '../../harness/console.ts';
import { leaveWithProvider, passProvider, visitWithProvider } from '../../harness/console-provider.ts';
import { admitted, link } from '../../harness/external-sign-in.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../../harness/oidc-issuer.ts';
import type { Person } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { startTestService, type TestService } from '../../harness/service.ts';
import { setRule } from '../../harness/sign-in-rule.ts';
import { ageProof } from '../../harness/step-up.ts';
import { newMember } from '../../harness/teams.ts';

vi.setConfig({ testTimeout: 120_000 });

const WORDS = {
  'en-GB': {
    unmet: 'This workspace requires a different sign-in',
    signIn: 'Sign in with Example Company',
    leave: 'Leave this workspace',
    left: 'You are no longer a member of this workspace',
    signInWith: 'Sign in with Example Company',
    create: 'Create a key',
    live: 'Live',
    name: /^Name/,
    send: 'Create the key',
    title: 'Confirm who you are',
    noPassword: 'Your account has no password.',
    again: 'Sign in again with Example Company',
    ready: 'Your key is ready',
  },
  'fr-FR': {
    unmet: 'Cet espace de travail exige une autre connexion',
    signIn: 'Se connecter avec Example Company',
    leave: 'Quitter cet espace de travail',
    left: 'Vous ne faites plus partie de cet espace de travail',
    signInWith: 'Se connecter avec Example Company',
    create: 'Créer une clé',
    live: 'Production',
    name: /^Nom/,
    send: 'Créer la clé',
    title: 'Confirmez votre identité',
    noPassword: 'Votre compte n’a pas de mot de passe.',
    again: 'Se reconnecter avec Example Company',
    ready: 'Votre clé est prête',
  },
} as const;

requires('browser').describe('the console of people who need the identity provider', () => {
  const { test } = requires('browser');
  const people: Record<string, Record<string, unknown>> = {};
  let provider: OidcIssuer;
  let service: TestService;
  let browser: Awaited<ReturnType<typeof launch>>;
  let owner: Person;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people });
    const entry = { name: 'company', title: 'Example Company', issuer: provider.issuer, signIn: true };
    service = await startTestService({
      env: { KEYSEAL_ISSUERS: JSON.stringify([{ ...entry, ...SIGN_IN_CLIENT }]) },
    });
    browser = await launch();
    people['owner'] = { email: 'owner@company.example', email_verified: true };
    owner = await admitted(service, provider, 'owner');
    expect((await setRule(service, owner, { issuer: 'company' })).status).toBe(200);
  });
  afterAll(async () => {
    await closeContexts(browser);
    await service.stop();
    await provider.stop();
  });

  const keysNamed = async (name: string) => {
    const { db } = service.running.service.stores.database;
    return (await db.select().from(keys).where(eq(keys.name, name))).length;
  };

  /** Makes the proofs of all sessions of a person too old. */
  async function age(email: string): Promise<void> {
    const { db } = service.running.service.stores.database;
    const rows = await db
      .select({ id: sessions.id })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(users.email, email));
    for (const row of rows) await ageProof(service, row);
  }

  for (const locale of ['en-GB', 'fr-FR'] as const) {
    const words = WORDS[locale];

    test(`leads a member who signed in with the password to the provider: ${locale}`, async () => {
      const member = await newMember(service, owner, 'developer');
      const who = `member ${locale}`;
      expect((await link(service, provider, member, who)).status).toBe(200);
      const visitor = await visitWithProvider(browser, service.url, { locale });
      const { page } = visitor;
      await signIn(page, member.email);
      await page.getByText(words.unmet, { exact: true }).waitFor();
      await expectGood(page, `provider-required-${locale}`);
      await page.getByRole('button', { name: words.signIn, exact: true }).click();
      await passProvider(visitor, who);
      await page.waitForURL('/keys');
      await page.getByRole('main').getByRole('button', { name: words.create }).first().waitFor();
      expect(await page.getByText(words.unmet, { exact: true }).count()).toBe(0);
      await leaveWithProvider(visitor, provider, service);
    });

    test(`lets a member leave who cannot sign in with the provider: ${locale}`, async () => {
      const member = await newMember(service, owner, 'developer');
      const visitor = await visitWithProvider(browser, service.url, { locale });
      const { page } = visitor;
      await signIn(page, member.email);
      await page.getByText(words.unmet, { exact: true }).waitFor();
      await page.getByRole('button', { name: words.leave, exact: true }).click();
      const dialog = page.getByRole('dialog', { name: words.leave, exact: true });
      await dialog.getByRole('button', { name: words.leave, exact: true }).click();
      await page.getByText(words.left, { exact: true }).waitFor();
      await expectGood(page, `provider-required-left-${locale}`);
      await leaveWithProvider(visitor, provider, service);
    });

    test(`asks for a fresh proof at the provider if the account has no password: ${locale}`, async () => {
      const who = `proof-${locale}`;
      const email = `${who.toLowerCase()}@company.example`;
      people[who] = { email, email_verified: true };
      const visitor = await visitWithProvider(browser, service.url, { locale });
      const { page } = visitor;
      await page.goto('/sign-in?next=/keys');
      await page.getByRole('button', { name: words.signInWith, exact: true }).click();
      await passProvider(visitor, who);
      await page.waitForURL('/keys');
      await age(email);

      const name = `Live ${locale}`;
      const create = async () => {
        await page.getByRole('main').getByRole('button', { name: words.create }).first().click();
        const form = page
          .getByRole('dialog')
          .filter({ has: page.getByRole('button', { name: words.send, exact: true }) });
        await form.getByLabel(words.name).fill(name);
        await form.getByText(words.live, { exact: true }).click();
        await form.getByRole('button', { name: words.send, exact: true }).click();
      };
      await create();
      const dialog = page.getByRole('dialog', { name: words.title, exact: true });
      await dialog.getByText(words.noPassword).waitFor();
      await expectGood(page, `step-up-provider-${locale}`);
      expect(await keysNamed(name)).toBe(0);
      await dialog.getByRole('button', { name: words.again, exact: true }).click();
      // The provider knows this browser, and asks all the same.
      await passProvider(visitor, who);
      await page.waitForURL('/keys');
      await create();
      await page.getByText(words.ready, { exact: true }).waitFor();
      expect(await keysNamed(name)).toBe(1);
      await leaveWithProvider(visitor, provider, service);
    });
  }
});
