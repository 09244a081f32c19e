import type { Begun } from './external-sign-in.ts';
import type { HostileIssuer } from './hostile-issuer.ts';

/** The issuer's entry in `KEYSEAL_ISSUERS`. */
export const signInEntry = ({ issuer }: HostileIssuer, more: object = {}) => ({
  ...{ name: 'company', issuer, clientId: 'keyseal', clientSecret: 'a secret of the test alone' },
  ...{ signIn: true, ...more },
});

export const parameterOf = ({ url }: Pick<Begun, 'url'>, name: string): string =>
  new URL(url).searchParams.get(name) ?? '';

/** The URL to which the issuer sends the browser back, with these parameters instead of the right ones. */
export function callbackOf(
  { issuer }: HostileIssuer,
  begun: Pick<Begun, 'url'>,
  change: Record<string, string | undefined> = {},
): string {
  const state = parameterOf(begun, 'state');
  const right = { code: `code-${state}`, state, iss: issuer };
  const all = Object.entries({ ...right, ...change }).filter(([, value]) => value !== undefined);
  return `${parameterOf(begun, 'redirect_uri')}?${new URLSearchParams(all as [string, string][])}`;
}

let people = 0;

/** The claims of a valid ID token for a sign-in, besides those that every token has; of a new person each time. */
export const claimsFor = (begun: Pick<Begun, 'url'>) => ({
  ...{ aud: 'keyseal', nonce: parameterOf(begun, 'nonce'), sub: `person ${++people}` },
  ...{ email: `hostile-${people}@example.com`, email_verified: true },
});

export const ID_TOKEN = { typ: 'JWT' };

export const tokensWith = (idToken: string) => ({
  access_token: 'opaque',
  token_type: 'Bearer',
  id_token: idToken,
});

/** A sign-in of a new person. The issuer redeems its code as often as it is asked. @returns where it sends the browser back */
export function redeem(issuer: HostileIssuer, begun: Pick<Begun, 'url'>): string {
  issuer.redeemable.set(
    `code-${parameterOf(begun, 'state')}`,
    tokensWith(issuer.token(claimsFor(begun), ID_TOKEN)),
  );
  return callbackOf(issuer, begun);
}
