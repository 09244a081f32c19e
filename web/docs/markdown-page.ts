import type { SnippetLanguage } from '../snippets/snippets.ts';

/** A page of the docs, compiled when the console is built. */
export interface MarkdownPage {
  readonly title: string;
  /** Its headings of the second level. */
  readonly contents: readonly { readonly id: string; readonly text: string }[];
  readonly parts: readonly PagePart[];
}

/** The place of a button that copies the code before it, which gets its name in the reader's language. */
export const COPY_BUTTON = '<button data-copy></button>';

/** HTML of our own text, or a place for a call with the reader's own key, in some languages. */
export type PagePart = { readonly html: string } | { readonly snippets: readonly PageSnippet[] };

/** A call in a language, and the anchor of the heading that names it. */
export interface PageSnippet {
  readonly language: SnippetLanguage;
  readonly anchor: string;
}

/** A part of a page, as the search finds it. */
export interface DocsSection {
  /** The anchor of the heading; empty before the first one. */
  readonly id: string;
  readonly heading: string;
  /** The text outside of tables, and that in them. */
  readonly text: string;
  readonly cells: string;
  /** The heading and the first words of the part that contains this one. */
  readonly around?: string;
  /** The error codes and statuses that it explains. */
  readonly codes?: string;
}
