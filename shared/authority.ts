import { parseUrl } from './parse-url.ts';

/** Whether a string is a host, with or without a port, as the URL standard writes it: lowercase, no default port. */
export function isAuthority(text: string): boolean {
  return ['http', 'https'].every((scheme) => parseUrl(`${scheme}://${text}/`)?.host === text);
}
