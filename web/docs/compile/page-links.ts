import { posix } from 'node:path';
import { DOCS_PAGES } from '../../../shared/docs-pages.ts';
import { LANGUAGES } from '../../../shared/languages.ts';
import { API_PAGE, REFUSALS_PAGE } from '../../../shared/refusal-form.ts';
import { docsFileOf } from '../catalogue.ts';

/** Where each file of the repository is shown on a service. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ...DOCS_PAGES.flatMap((page) =>
    LANGUAGES.map((language) => [docsFileOf(page, language), `/docs/${page}`] as const),
  ),
  ...LANGUAGES.flatMap((language) => [
    [`docs/${language}/refusals.md`, REFUSALS_PAGE] as const,
    [`docs/${language}/procedures.md`, API_PAGE] as const,
  ]),
]);

/** The anchors of the pages that the service writes: reasons, and names of procedures, which GitHub writes without dots. */
const ANCHORS: Readonly<Record<string, (anchor: string, procedures: readonly string[]) => string>> = {
  [REFUSALS_PAGE]: (anchor) => anchor.toUpperCase(),
  [API_PAGE]: (anchor, procedures) =>
    procedures.find((name) => name.replaceAll('.', '').toLowerCase() === anchor) ?? anchor,
};

/**
 * Rewrites a link of a page for a service.
 * @param file in which the link is, from the root of the repository
 * @param procedures the names of all procedures
 * @returns null if the link leads to a file that is only in the repository
 */
export function linkTo(href: string, file: string, procedures: readonly string[]): string | null {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const place = PLACES.get(posix.join(posix.dirname(file), path));
  if (place === undefined) return null;
  if (anchor === undefined) return place;
  return `${place}#${ANCHORS[place]?.(anchor, procedures) ?? anchor}`;
}
