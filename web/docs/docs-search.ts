/** The search words, as the URL has them. */
export interface DocsSearch {
  readonly q?: string;
}

/** The router reads `?q=429` as a number. */
export const docsSearch = ({ q }: Record<string, unknown>): DocsSearch =>
  (typeof q === 'string' && q !== '') || typeof q === 'number' ? { q: String(q) } : {};
