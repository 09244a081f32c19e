import { z } from 'zod';
import { parseUrl } from '../../../shared/parse-url.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import { fetchJson } from './fetch-document.ts';

/** The part of an issuer's metadata that is read (OpenID Connect Discovery 1.0 §3). */
const ProviderMetadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
export type ProviderMetadata = z.infer<typeof ProviderMetadata>;

/**
 * Reads the metadata of an issuer.
 * @throws Error with a sentence if they cannot be read, name another issuer, or name a URL without TLS
 */
export async function discover(issuer: string): Promise<ProviderMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = await fetchJson(url, ProviderMetadata);
  // OpenID Connect Discovery 1.0 §4.3: without this check one issuer could speak for another.
  if (metadata.issuer !== issuer)
    throw new Error(`${url} describes the issuer ${sanitizeForLog(metadata.issuer)}`);
  for (const name of CALLED) {
    const value = metadata[name];
    if (value === undefined) continue;
    if (!isWebAddress(value)) throw new Error(`${url} has no URL in ${name}`);
    if (downgrades(issuer, value)) throw new Error(`${url} names a ${name} without TLS`);
  }
  return metadata;
}

/** The properties with URLs to which Keyseal or a user's browser is sent. */
const CALLED = [
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'pushed_authorization_request_endpoint',
];

/** A browser would run what is behind `javascript:`. */
const isWebAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:$/.test(parseUrl(value)?.protocol ?? '');

/**
 * The provider's page for signing out; null if there is none, or none to which a browser may be sent. Sign-in
 * does not depend on it.
 */
export function endSessionEndpoint(
  issuer: string,
  { end_session_endpoint: url }: Readonly<Record<string, unknown>>,
): string | null {
  return isWebAddress(url) && !downgrades(issuer, url) ? url : null;
}

const downgrades = (from: string, to: string) =>
  new URL(from).protocol === 'https:' && new URL(to).protocol !== 'https:';
