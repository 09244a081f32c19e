import MarkdownIt, { type Token } from 'markdown-it';
import { SNIPPET_LANGUAGES, type SnippetLanguage } from '../../snippets/snippets.ts';
import { COPY_BUTTON, type MarkdownPage, type PagePart, type PageSnippet } from '../markdown-page.ts';
import { highlight } from './highlight.ts';
import { linkTo } from './page-links.ts';

const markdown = new MarkdownIt({ html: false, highlight: highlight });

/** A heading, with a second anchor if it has one. */
markdown.renderer.rules['heading_open'] = (tokens, at, options, _, renderer) => {
  const heading = tokens[at] as Token;
  const anchor =
    heading.meta?.['english'] === undefined ? '' : `<span id="${heading.meta['english']}"></span>`;
  return renderer.renderToken(tokens, at, options) + anchor;
};

const renderFence = markdown.renderer.rules['fence'] as NonNullable<
  (typeof markdown.renderer.rules)['fence']
>;

/** Code that scrolls sideways, by the keyboard too, with a button that copies it. */
markdown.renderer.rules['fence'] = (...fence) =>
  `<div data-code>${renderFence(...fence).replace('<pre>', '<pre tabindex="0">')}${COPY_BUTTON}</div>`;

/** The link to the page's other language: the console has a switch for it. */
const OTHER_LANGUAGE = /^\*\[[^\]]*\]\(\.\.\/(?:en|fr)\/[^)]*\)\*$/m;
/** The page around it shows the title. */
const TITLE = /^# (.*)$/m;
/** Marks for the programs that write parts of a page. */
const COMMENT = /^<!--[\s\S]*?-->$/gm;

/** Where a page comes from, and what its links need. */
export interface PageSource {
  readonly text: string;
  /** From the root of the repository. */
  readonly file: string;
  /** The names of all procedures. */
  readonly procedures: readonly string[];
  /** The same page in English, whose anchors this one has as well: only pages in English link to them. */
  readonly english?: string;
}

/** Compiles a page of the docs for the console. */
export function pageOf({ text, file, procedures, english = text }: PageSource): MarkdownPage {
  const tokens = tokensOf(text);
  const headings = addAnchors(tokens);
  addEnglishAnchors(tokens, english);
  const contents = headings.filter(({ level }) => level === 'h2');
  for (const { children } of tokens) if (children) rewriteLinks(children, file, procedures);
  return {
    title: titleOf(text),
    contents: contents.map(({ id, text }) => ({ id, text })),
    parts: partsOf(tokens),
  };
}

/** The tokens of a page without its title. */
export const tokensOf = (text: string): Token[] =>
  markdown.parse(text.replace(OTHER_LANGUAGE, '').replace(TITLE, '').replace(COMMENT, ''), {});

export const titleOf = (text: string): string => plain(TITLE.exec(text)?.[1] ?? '');

const plain = (inline: string): string => inline.replaceAll('`', '');

export const plainText = ({ children }: Token): string =>
  (children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');

/** Gives each heading the same anchor as GitHub, numbered from its second use on. */
export function addAnchors(tokens: readonly Token[]) {
  const used = new Map<string, number>();
  return tokens.flatMap((heading, at) => {
    if (heading.type !== 'heading_open') return [];
    const text = plainText(tokens[at + 1] as Token);
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-');
    const times = used.get(slug) ?? 0;
    used.set(slug, times + 1);
    const id = times === 0 ? slug : `${slug}-${times}`;
    heading.attrSet('id', id);
    return [{ id, text, level: heading.tag }];
  });
}

/** Both languages have the same headings in the same order. */
function addEnglishAnchors(tokens: readonly Token[], english: string): void {
  const ids = addAnchors(tokensOf(english)).map(({ id }) => id);
  const headings = tokens.filter(({ type }) => type === 'heading_open');
  const taken = new Set(headings.map((heading) => heading.attrGet('id')));
  headings.forEach((heading, at) => {
    const id = ids[at];
    if (id !== undefined && !taken.has(id)) heading.meta = { english: id };
  });
}

/** Links to files that only the repository has become plain text. */
function rewriteLinks(inline: Token[], file: string, procedures: readonly string[]): void {
  let dropping = false;
  for (const token of inline) {
    if (token.type === 'link_open') {
      const place = linkTo(String(token.attrGet('href')), file, procedures);
      dropping = place === null;
      if (place !== null) token.attrSet('href', place);
    }
    const isEnd = token.type === 'link_close';
    if (dropping && (token.type === 'link_open' || isEnd))
      Object.assign(token, { type: 'text', content: '' });
    if (isEnd) dropping = false;
  }
}

/**
 * Replaces code whose second word names a language of snippets by a call with the reader's own key. Such calls that follow
 * one another become one part, without the headings that name their languages.
 */
function partsOf(tokens: readonly Token[]): PagePart[] {
  const parts: ({ html: string } | { snippets: PageSnippet[] })[] = [];
  let rest: Token[] = [];
  const flush = () => {
    if (rest.length > 0) parts.push({ html: markdown.renderer.render(rest, markdown.options, {}) });
    rest = [];
  };
  for (const token of tokens) {
    const snippet = snippetOf(token);
    if (snippet === undefined) {
      rest.push(token);
      continue;
    }
    const heading = rest.at(-3)?.tag === 'h3' ? String(rest.at(-3)?.attrGet('id')) : '';
    if (heading !== '') rest = rest.slice(0, -3);
    flush();
    const last = parts.at(-1);
    const named = { language: snippet, anchor: heading };
    if (last && 'snippets' in last) last.snippets.push(named);
    else parts.push({ snippets: [named] });
  }
  flush();
  return parts;
}

function snippetOf({ type, info }: Token): SnippetLanguage | undefined {
  const named = type === 'fence' ? info.split(' ')[1] : undefined;
  return SNIPPET_LANGUAGES.find((language) => language === named);
}
