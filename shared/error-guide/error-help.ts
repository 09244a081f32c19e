import type { Reason } from '../refusals.ts';

/**
 * What a person is taught about one reason. Each text is a paragraph of Markdown with `code` and links to pages of
 * docs, and tells nothing but what the reason itself tells.
 */
export interface ErrorHelp {
  readonly happened: string;
  readonly why: string;
  readonly fix: string;
}

/** The lessons of one language, with the words that stand around them. */
export interface ErrorGuide {
  readonly title: string;
  /** What each part of a lesson is called. */
  readonly parts: Readonly<Record<keyof ErrorHelp, string>>;
  readonly reasons: Readonly<Record<Reason, ErrorHelp>>;
}
