import type { MarkdownIt, Token } from 'markdown-it';
import { SNIPPET_LANGUAGES, type SnippetLanguage } from '../snippets/snippets.ts';
import { linkTo } from './page-links.ts';

/** A page of the docs, as the console shows it. */
export interface MarkdownPage {
  readonly contents: readonly { readonly id: string; readonly text: string }[];
  readonly parts: readonly PagePart[];
}

/** HTML of our own text, or a place for a call with the reader's own key. */
export type PagePart = { readonly html: string } | { readonly snippet: SnippetLanguage };

/** The link to the page's other language: the console has a switch for it. */
const OTHER_LANGUAGE = /^\*\[[^\]]*\]\(\.\.\/(?:en|fr)\/[^)]*\)\*$/m;
/** The page around it shows the title. */
const TITLE = /^# .*$/m;

/** @param markdown without raw HTML */
export function pageOf(markdown: MarkdownIt, text: string): MarkdownPage {
  const tokens = markdown.parse(text.replace(OTHER_LANGUAGE, '').replace(TITLE, ''), {});
  const contents = tokens.flatMap((token, at) => headingOf(token, tokens[at + 1]));
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const href = token.type === 'link_open' ? token.attrGet('href') : null;
    if (typeof href === 'string') token.attrSet('href', linkTo(href));
  }
  return { contents: contents.filter(({ level }) => level === 'h2'), parts: partsOf(markdown, tokens) };
}

/** Gives a heading the same anchor as GitHub. */
function headingOf(heading: Token, inline: Token | undefined) {
  if (heading.type !== 'heading_open' || !inline) return [];
  const text = inline.content.replaceAll('`', '');
  const id = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
  heading.attrSet('id', id);
  return [{ id, text, level: heading.tag }];
}

/** Replaces code whose second word names a language of snippets by a snippet with the reader's own key. */
function partsOf(markdown: MarkdownIt, tokens: readonly Token[]): PagePart[] {
  const parts: PagePart[] = [];
  let plain: Token[] = [];
  const flush = () => {
    if (plain.length > 0) parts.push({ html: markdown.renderer.render(plain, markdown.options, {}) });
    plain = [];
  };
  for (const token of tokens) {
    const named = token.type === 'fence' ? token.info.split(' ')[1] : undefined;
    const snippet = SNIPPET_LANGUAGES.find((language) => language === named);
    if (snippet === undefined) plain.push(token);
    else {
      flush();
      parts.push({ snippet });
    }
  }
  flush();
  return parts;
}
