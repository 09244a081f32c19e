/** The values that a snippet contains. */
export interface SnippetParts {
  readonly apiKey: string;
  readonly signingSecret: string;
  /** Without a trailing slash. */
  readonly origin: string;
  /** Host and port, as they are signed. */
  readonly authority: string;
  /** Path and query, already encoded. */
  readonly target: string;
}
