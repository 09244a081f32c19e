/** A call as it is pasted into a terminal or a file. */
export interface SnippetOf {
  /** Origin of the service. */
  readonly url: string;
  readonly apiKey: string;
  readonly signingSecret: string;
}

export const SNIPPET_LANGUAGES = ['curl', 'typescript', 'python'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/** A signed call of `exemple`, whole: it works as pasted. */
export function snippetsFor(_: SnippetOf): Readonly<Record<SnippetLanguage, string>> {
  return { curl: '', typescript: '', python: '' };
}
