import { createBrowserSession } from '../../client/browser-session.ts';

/** The path below which the service is reached, such as `/keyseal`; empty without one. */
export const BASE_PATH: string =
  document.querySelector<HTMLMetaElement>('meta[name="keyseal-base"]')?.content ?? '';

/** The service that served this page. */
export const SERVICE_URL: string = globalThis.location.origin + BASE_PATH;

/**
 * The session of the signed-in user, shared by all tabs. No script can read the signing key; the refresh token is
 * in a cookie.
 */
export const session = createBrowserSession({ url: SERVICE_URL, cookie: true });
