/** What a `user-agent` calls itself, the most exact first: browsers name each other too. */
const BROWSERS = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\bFirefox\//],
  ['Chromium', /\b(?:Headless)?Chrom(?:e|ium)\//],
  ['Safari', /\bVersion\/.*Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

/** A short name of what a session was begun with, such as "Firefox, Linux"; what is none of these by its first words. */
export function nameOfAgent(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const browser = BROWSERS.find(([, form]) => form.test(userAgent))?.[0];
  const system = SYSTEMS.find(([, form]) => form.test(userAgent))?.[0];
  return browser ? [browser, system].filter(Boolean).join(', ') : userAgent.slice(0, 60);
}
