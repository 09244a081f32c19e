/** The words that are searched for, in the address. */
export interface DocsSearch {
  readonly q?: string;
}

export const docsSearch = ({ q }: Record<string, unknown>): DocsSearch =>
  typeof q === 'string' && q !== '' ? { q } : {};
