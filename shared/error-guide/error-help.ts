import type { Reason } from '../refusals.ts';

/**
 * The help for one reason. Each part is a paragraph of Markdown with `code` and links to pages of the docs, and reveals
 * nothing that the reason itself does not reveal.
 */
export interface ErrorHelp {
  readonly happened: string;
  readonly why: string;
  readonly fix: string;
}

/** The help in one language, with its headings. */
export interface ErrorGuide {
  readonly title: string;
  /** The heading of each part. */
  readonly parts: Readonly<Record<keyof ErrorHelp, string>>;
  readonly reasons: Readonly<Record<Reason, ErrorHelp>>;
}
