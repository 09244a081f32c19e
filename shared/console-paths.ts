import { DOCS_PAGES } from './docs-pages.ts';

/** The first segments of the console's paths: the service responds to each with the same page, whose script routes by the path. */
export const CONSOLE_PATHS = [
  'sign-in',
  'sign-up',
  'reset',
  'invitation',
  'keys',
  'playground',
  'security',
  'docs',
  'usage',
  'requests',
  'team',
  'workspace',
  'audit',
  'profile',
  'sessions',
] as const;

type ConsolePath = (typeof CONSOLE_PATHS)[number];

/** What follows the first segment of a page, for those that have more pages. */
const BELOW: Readonly<Partial<Record<ConsolePath, (rest: string) => boolean>>> = {
  'sign-in': (rest) => /^callback\/[^/]+$/.test(rest),
  keys: (rest) => /^[^/]+$/.test(rest),
  security: (rest) => rest === 'debugger',
  docs: (rest) => (DOCS_PAGES as readonly string[]).includes(rest),
};

/** Whether the console has a page at a path. */
export function isConsolePage(path: string): boolean {
  const [, first = '', rest = ''] = /^\/([^/]*)\/?(.*?)\/?$/.exec(path) ?? [];
  if (rest === '') return path === '/' || (CONSOLE_PATHS as readonly string[]).includes(first);
  return Object.hasOwn(BELOW, first) && BELOW[first as ConsolePath]?.(rest) === true;
}
