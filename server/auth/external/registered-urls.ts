/** The console's page to which providers return; the issuer's name follows, so that no two share one (RFC 9700 §4.4). */
const CALLBACK = '/sign-in/callback/';

/** Where identity providers send logout tokens, below a public origin. */
export const BACKCHANNEL_LOGOUT_PATH = '/backchannel-logout';

/** The redirect URI of the console, to be registered at an issuer. @param origin with the base path */
export const callbackUrl = (origin: string, issuer: string): string => `${origin}${CALLBACK}${issuer}`;

/** Where a provider sends the browser after it ended its session, to be registered there. @param origin with the base path */
export const signedOutUrl = (origin: string): string => `${origin}/sign-in`;

/** The URL for back-channel logout, to be registered at an issuer. @param origin with the base path */
export const backchannelLogoutUrl = (origin: string): string => `${origin}${BACKCHANNEL_LOGOUT_PATH}`;
