import { parseUrl } from './parse-url.ts';

/** Whether a text is a host, with a port or without, as the URL standard writes it: lowercase, no default port. */
export function isAuthority(text: string): boolean {
  if (text.length > 255) return false;
  return ['http', 'https'].every((scheme) => parseUrl(`${scheme}://${text}/`)?.host === text);
}
