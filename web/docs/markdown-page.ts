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
export type PagePart = { readonly html: string } | { readonly snippets: readonly SnippetLanguage[] };

/** A part of a page, as the search finds it. */
export interface DocsSection {
  /** The anchor of the heading; empty before the first one. */
  readonly id: string;
  readonly heading: string;
  readonly text: string;
}
