import { randomBytes } from 'node:crypto';
import type { Context } from '../rpc/trpc.ts';
import type { Vault } from '../stores/secrets/vault.ts';
import { cookieOf, hostCookie } from './cookies.ts';

/**
 * A cookie that identifies a browser that has signed in before (OWASP's device cookies): guesses from
 * elsewhere do not slow it down. The cookie by itself grants no access.
 */
const NAME = '__Host-keyseal-device';
/** A year, in seconds. */
const MAX_AGE = 365 * 24 * 3600;

/** `<id>.<master key version>.<MAC of the id and the e-mail address>` */
const FORM = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,8})\.([0-9a-f]{64})$/;

/** The id of the calling browser, if it has signed in to this account before; otherwise null. */
export function knownBrowser(
  { request, service }: Pick<Context, 'request' | 'service'>,
  email: string,
): string | null {
  const { vault } = service.stores;
  const [, id = '', digits, mac = ''] = FORM.exec(cookieOf(request.cookie, NAME) ?? '') ?? [];
  const version = Number(digits);
  return vault.has(version) && vault.matches('pepper', browserMacText(id, email), mac, version) ? id : null;
}

/** Sets the cookie of a browser that has signed in to an account. */
export function rememberKnownBrowser(ctx: Context, email: string): void {
  if (knownBrowser(ctx, email) !== null) return;
  ctx.cookies.push(hostCookie(NAME, newBrowserCookie(ctx.service.stores.vault, email), MAX_AGE));
}

function newBrowserCookie(vault: Vault, email: string): string {
  const id = randomBytes(16).toString('base64url');
  return `${id}.${vault.newest}.${vault.mac('pepper', browserMacText(id, email))}`;
}

/** The prefix keeps these MACs apart from the hashes of keys and links. */
const browserMacText = (id: string, email: string) => `device ${id} ${email}`;
