/** Pages that the service generates itself, by the file that the repository has in their place. */
const GENERATED_PAGES: Readonly<Record<string, string>> = {
  'procedures.md': 'api',
  'refusals.md': 'refusals',
};

/**
 * Where a service shows a page of the docs, relative to `/docs/`.
 * @param link to a page in `docs/en` or `docs/fr`, as the messages write it: `client.md#time`
 * @example docsPlaceOf('limits-and-credits.md') // 'limits-and-credits'
 */
export function docsPlaceOf(link: string): string {
  const [file = '', anchor] = link.split('#');
  const page = GENERATED_PAGES[file] ?? file.replace(/\.md$/, '');
  return anchor === undefined ? page : `${page}#${anchor}`;
}
