import { isIP } from 'node:net';
import { Refusal } from '../../lib/refusal.ts';
import type { Context, Service } from '../../rpc/trpc.ts';

/** The sites on which passkeys work. */
export interface RelyingParty {
  /** The RP ID: browsers offer a passkey only on this host, and on hosts below it. */
  readonly id: string;
  /** The origins of the pages whose responses are accepted. */
  readonly origins: readonly string[];
}

/**
 * The relying party of the page that calls: its host, or `KEYSEAL_PASSKEY_DOMAIN`. A caller that names no origin is not a
 * page, and gets the relying party of the first public origin.
 * @throws Refusal ACCESS_DENIED if passkeys do not work on the page: its origin is not known here, is outside the domain, or
 *   has an IP address instead of a host name
 */
export function relyingPartyFor({ request, service }: Pick<Context, 'request' | 'service'>): RelyingParty {
  const known = pageOrigins(service);
  const page = known.find((origin) => origin === (request.origin ?? known[0]));
  if (page === undefined) throw new Refusal('ACCESS_DENIED', {}, 'the origin of the page is not known here');
  const id = service.config.passkeyDomain ?? hostOf(page);
  if (!isWithin(page, id)) throw new Refusal('ACCESS_DENIED', {}, 'the page is outside the passkey domain');
  if (isIP(id.replace(/^\[|\]$/g, '')) !== 0)
    throw new Refusal('ACCESS_DENIED', {}, 'passkeys need a page with a host name, not with an IP address');
  return relyingPartyOf(service, id);
}

/** The relying party of an RP ID. */
export const relyingPartyOf = (service: Service, id: string): RelyingParty => ({
  id,
  origins: pageOrigins(service).filter((origin) => isWithin(origin, id)),
});

/** The origins of pages that may call the API: the public ones, and those of `KEYSEAL_CORS_ORIGINS`. */
const pageOrigins = ({ config, origins }: Service): string[] => [
  ...origins.map((origin) => new URL(origin).origin),
  ...config.corsOrigins,
];

const hostOf = (origin: string): string => new URL(origin).hostname;

function isWithin(origin: string, domain: string): boolean {
  const host = hostOf(origin);
  return host === domain || host.endsWith(`.${domain}`);
}
