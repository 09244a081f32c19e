/** Names in a `user-agent`, the most specific first: browsers name each other too. */
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

/** A short name of the client that began a session, such as "Firefox, Linux"; the first words of an unknown one. */
export function nameOfAgent(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const browser = BROWSERS.find(([, form]) => form.test(userAgent))?.[0];
  const system = SYSTEMS.find(([, form]) => form.test(userAgent))?.[0];
  return browser ? [browser, system].filter(Boolean).join(', ') : userAgent.slice(0, 60);
}

/** On what a session began: a phone or tablet, a computer with a browser, or a program. */
export function kindOfAgent(userAgent: string | null): 'phone' | 'computer' | 'program' {
  if (userAgent && /Android|iPhone|iPad|Mobile/.test(userAgent)) return 'phone';
  return userAgent && BROWSERS.some(([, form]) => form.test(userAgent)) ? 'computer' : 'program';
}
