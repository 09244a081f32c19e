import { API_PAGE, REFUSALS_PAGE } from '../../shared/refusal-form.ts';

/** Where the pages of the docs are on a service: the same page, or the nearest. */
const PLACES: Readonly<Record<string, string>> = {
  'refusals.md': REFUSALS_PAGE,
  'procedures.md': API_PAGE,
  'sign-a-request.md': '#signatures',
  'sign-by-hand.md': '/security/debugger',
  'client.md': '#code',
};

/**
 * The anchor of a refusal on a service is its reason; that of a procedure, which GitHub writes without dots, is its
 * page.
 */
const ANCHORS: Readonly<Record<string, (anchor: string) => string>> = {
  'refusals.md': (anchor) => `#${anchor.toUpperCase()}`,
};

/** Rewrites a link of a page of the docs for a service. */
export function linkTo(href: string): string {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  const place = PLACES[file];
  if (place === undefined) throw new Error(`Where on a service is ${file}?`);
  return place + (anchor === undefined ? '' : (ANCHORS[file]?.(anchor) ?? ''));
}
