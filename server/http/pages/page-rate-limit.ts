import type { IncomingMessage } from 'node:http';
import { addressPath } from '../../../shared/fairness/fairness-path.ts';
import { headerValues } from '../../../shared/request-rules.ts';
import { BACKCHANNEL_LOGOUT_PATH } from '../../auth/external/registered-urls.ts';
import type { AddressList } from '../../lib/address-list.ts';
import { type Pace, Pacer } from '../../lib/concurrency/pacer.ts';
import { Refusal } from '../../lib/refusal.ts';
import { clientAddress } from '../request/forwarded.ts';
import { isConsole } from './console.ts';

/** Pages per network and per IP address. */
const PAGES: readonly Pace[] = [
  { perSecond: 160, burst: 2_000 },
  { perSecond: 40, burst: 500 },
];
/**
 * The console's scripts and styles, which browsers keep. They come from memory, and cost hardly more than a refusal. A browser
 * that opens the console for the first time needs about forty, and does not request one again that was refused. An office, or
 * everybody behind a proxy that `KEYSEAL_TRUSTED_PROXIES` does not name, shares one IP address.
 */
const ASSETS: readonly Pace[] = [
  { perSecond: 400, burst: 8_000 },
  { perSecond: 100, burst: 2_000 },
];

/**
 * Paths without a limit. Programs read probes, metrics and the keys that verify tokens and responses, often from a shared IP
 * address, and must get them whatever else that address requests. None costs much: metrics are built at a bounded rate. An
 * identity provider may log out all of its users at once; `throttleByClient` limits the logout tokens that are not valid.
 */
const UNLIMITED: ReadonlySet<string> = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  BACKCHANNEL_LOGOUT_PATH,
  '/.well-known/jwks.json',
  '/.well-known/http-message-signatures-directory',
]);

/** Limits how often pages are sent to one IP address and to one network: the largest page has hundreds of kilobytes. */
export class PageRateLimit {
  readonly #pages = new Pacer(PAGES);
  readonly #assets = new Pacer(ASSETS);
  readonly #trusted: AddressList | null;

  /** @param trusted proxies, whose clients are limited separately */
  constructor(trusted: AddressList | null) {
    this.#trusted = trusted;
  }

  /** Counts a request for a page. @returns the refusal if it comes too soon, or null */
  refusalOf(path: string, { socket, rawHeaders }: IncomingMessage): Refusal | null {
    if (UNLIMITED.has(path)) return null;
    const address = clientAddress(socket.remoteAddress ?? '', headerValues(rawHeaders), this.#trusted);
    // A browser that requests a missing file gets a whole page.
    const isAsset = path.startsWith('/assets/') && isConsole(path);
    const pacer = isAsset ? this.#assets : this.#pages;
    const wait = pacer.take(addressPath(address));
    return wait === 0 ? null : new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  }
}
