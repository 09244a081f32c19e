import type { BrowserContextOptions } from 'playwright-core';
import { leave, type Visitor, visit } from './console.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import type { TestService } from './service.ts';

/** The pages of the provider ask for a font. */
const FONTS = /^https:\/\/fonts\.googleapis\.com\//;

/** A visitor whose pages load nothing from the internet. */
export async function visitWithProvider(
  ...[browser, url, options = {}]: [Parameters<typeof visit>[0], string, BrowserContextOptions?]
): Promise<Visitor> {
  const begun = await visit(browser, url, options);
  await begun.context.route(FONTS, (route) => route.abort());
  return begun;
}

/** Ends a visit. The pages of the provider are of another origin, and their errors are not the console's. */
export async function leaveWithProvider(
  visitor: Visitor,
  provider: OidcIssuer,
  service?: TestService,
): Promise<void> {
  const ours = visitor.elsewhere.filter((url) => !url.startsWith(provider.issuer) && !FONTS.test(url));
  await leave({ ...visitor, consoleErrors: [], elsewhere: ours }, service);
}

/** Signs in at the provider's own pages. */
export async function passProvider({ page }: Visitor, who: string): Promise<void> {
  await page.locator('input[name=login]').fill(who);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}
