import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { buildEndSessionUrl } from 'openid-client';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import type { Service } from '../../rpc/trpc.ts';
import { endSessionEndpoint } from '../../stores/issuers/discovery.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { decryptState } from '../sign-in-state.ts';
import { idTokenOf } from './id-token-hint.ts';

/** The provider at which a session began, and whose session is to end with it. */
interface BegunAt {
  readonly issuer: SignInIssuer;
  /** Null if no ID token was kept: the provider then asks whom to sign out. */
  readonly idToken: string | null;
}

/** The page of a provider that ends its session (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface EndSession {
  readonly url: string;
  /** The provider repeats it when it sends the browser back. */
  readonly state: string;
}

/** Reads where a session began. Call it before the session ends. @returns null if signing out ends nothing there */
export async function providerOf({ stores }: Service, session: string): Promise<BegunAt | null> {
  const [row] = await stores.database.db
    .select({ issuer: sessions.issuer, idToken: sessions.idTokenSealed })
    .from(sessions)
    .where(eq(sessions.id, session));
  const issuer = stores.issuers.forSignIn.find((trusted) => trusted.issuer === row?.issuer);
  if (!row || !issuer?.signIn.endSession) return null;
  return { issuer, idToken: decryptState(stores.vault, idTokenOf(session), row.idToken ?? '') };
}

/**
 * The provider's page to which the browser goes after signing out here.
 * @param returnTo a URL that is registered there
 * @returns null if the provider cannot be reached or has no such page: the session here has ended anyway
 */
export async function endSessionUrl(
  { log }: Service,
  { issuer, idToken }: BegunAt,
  returnTo: string,
): Promise<EndSession | null> {
  const configuration = await issuer.provider.configuration().catch((error: Error) => {
    log.warn({ issuer: issuer.name }, `signed out here, and not at ${issuer.name}: ${error.message}`);
    return null;
  });
  if (configuration === null) return null;
  if (endSessionEndpoint(issuer.issuer, configuration.serverMetadata()) === null) return null;
  const state = randomBytes(32).toString('base64url');
  const hint = idToken === null ? {} : { id_token_hint: idToken };
  const parameters = { post_logout_redirect_uri: returnTo, state, ...hint };
  return { url: buildEndSessionUrl(configuration, parameters).href, state };
}
