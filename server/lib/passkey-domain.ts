import { isIP } from 'node:net';
import { parseUrl } from '../../shared/parse-url.ts';
import { suggest } from './suggest.ts';

/**
 * A host name as the URL standard writes it, with no scheme, port or path; null if the string is not a host name, or is an IP
 * address.
 */
export function parseDomain(text: string): string | null {
  const url = parseUrl(`https://${text}`);
  const isBare = url !== null && url.href === `https://${url.hostname}/` && !/[/@:?#]/.test(text);
  return isBare && isIP(url.hostname) === 0 && !url.hostname.endsWith('.') ? url.hostname : null;
}

/**
 * What is wrong with a domain for passkeys, to follow the name of the variable; null if nothing is. It must be the host of a
 * public origin or a parent domain of one: browsers refuse any other (WebAuthn §5.1.3).
 */
export function passkeyDomainFault(domain: string, origins: readonly string[]): string | null {
  const allowed = [...new Set(origins.flatMap((origin) => domainsOf(new URL(origin).hostname)))];
  if (allowed.includes(domain)) return null;
  const likely = suggest(domain, allowed);
  const hint = likely === null ? '' : ` Did you mean ${likely}?`;
  return `accepts the host of a public origin or a domain above it, but has "${domain}".${hint}`;
}

/** A host and the domains above it, except for top-level domains: no browser accepts one. */
function domainsOf(host: string): string[] {
  const labels = host.split('.');
  const parents = labels.map((_, n) => labels.slice(n).join('.'));
  return isIP(host.replace(/^\[|\]$/g, '')) === 0 ? parents.slice(0, Math.max(1, labels.length - 1)) : [];
}
