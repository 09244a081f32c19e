/** What is written into a snippet. */
export interface SnippetParts {
  readonly apiKey: string;
  readonly signingSecret: string;
  /** Without a slash behind. */
  readonly origin: string;
  /** Host and port, as they are signed. */
  readonly authority: string;
  /** Path and query, already encoded. */
  readonly target: string;
}
