import { formFault } from '../../shared/form-rules.ts';
import { Refusal, refusalOfFault } from '../lib/refusal.ts';
import type { Context } from '../rpc/trpc.ts';
import { cookieOf, hostCookie } from './cookies.ts';
import type { IssuedSession } from './session.ts';

const NAME = '__Host-keyseal-refresh';
/** The absolute lifetime of a session. */
const MAX_AGE = 90 * 24 * 3600;

/**
 * The refresh token of a call: from the body, or from the cookie if the page is on a public origin.
 * Refuses with REQUEST_MALFORMED if both are present, ACCESS_DENIED if the `origin` is not exactly a
 * public one, TOKEN_MISSING if neither is present.
 */
export function takeRefreshToken(
  ctx: Context,
  inBody: string | undefined,
): { token: string; cookie: boolean } {
  const inCookie = cookieOf(ctx.request.cookie, NAME);
  if (inBody !== undefined && inCookie !== null)
    throw refusalOfFault(formFault('refresh-token-twice', 'body'));
  if (inBody !== undefined) return { token: inBody, cookie: false };
  if (inCookie === null) throw new Refusal('TOKEN_MISSING');
  requirePublicOrigin(ctx);
  return { token: inCookie, cookie: true };
}

/** The session in a response: with its refresh token, or with null and the token in a cookie. */
export function handOver<S extends IssuedSession>(ctx: Context, session: S, cookie: boolean) {
  if (!cookie) return session;
  requirePublicOrigin(ctx);
  ctx.cookies.push(hostCookie(NAME, session.refreshToken, MAX_AGE));
  return { ...session, refreshToken: null };
}

/** Tells the browser to forget the cookie, if it sent one. */
export function clearCookie(ctx: Context): void {
  if (cookieOf(ctx.request.cookie, NAME) !== null) ctx.cookies.push(hostCookie(NAME, '', 0));
}

/** Refuses with ACCESS_DENIED a page whose origin is not exactly a public one. */
export function requirePublicOrigin({ request, service }: Context): void {
  const publicOrigins = service.origins.map((origin) => new URL(origin).origin);
  if (request.origin === null || !publicOrigins.includes(request.origin)) throw new Refusal('ACCESS_DENIED');
}
