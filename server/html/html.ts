import { createHash } from 'node:crypto';
import { docsPlaceOf } from '../../shared/docs-links.ts';
import { LANGUAGES, type Language } from '../../shared/languages.ts';
import { codeView } from './code-view.ts';
import { escapeHtml } from './escape-html.ts';
import { fontFaces } from './page-fonts.ts';
import { PAGE_STYLE } from './page-style.ts';

/** An HTTP response with a page. */
export interface HtmlPage {
  readonly status: 200;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

/** The content of a page, in HTML. */
export interface PageContent {
  readonly language: Language;
  /** The name of the page below `/docs/`. */
  readonly place: keyof (typeof LINKS)['en'];
  /** Plain text. */
  readonly title: string;
  /** Links to the parts of the page. */
  readonly contents: readonly ContentsGroup[];
  readonly main: string;
  /** In addition to the style of all pages. */
  readonly style?: string;
}

/** Parts of a page that belong together. */
export interface ContentsGroup {
  /** Plain text. */
  readonly name: string;
  /** The id of each part on the page, with its name. */
  readonly parts: readonly (readonly [id: string, name: string])[];
}

/** The pages that the service writes, by their names below `/docs/`. */
const LINKS = {
  en: { api: 'API reference', refusals: 'Refusals' },
  fr: { api: 'Référence de l’API', refusals: 'Refus' },
} as const;

const CONTENTS: Readonly<Record<Language, string>> = { en: 'On this page', fr: 'Sur cette page' };

/** A page of the service's docs. Clients may cache it; it runs and frames nothing, and loads nothing but the console's typefaces. */
export function htmlPage({
  language,
  place,
  title,
  contents,
  main,
  style: more = '',
}: PageContent): HtmlPage {
  const style = fontFaces() + PAGE_STYLE + more;
  const body = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Keyseal: ${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<nav class="bar" aria-label="Documentation">${barOf(language, place)}</nav>
<main class="columns">
<h1>${escapeHtml(title)}</h1>
<nav class="contents" aria-label="${CONTENTS[language]}">${contents.map(groupOf).join('')}</nav>
<div>
${main}
</div>
</main>
</body>
</html>
`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    vary: 'accept-language',
    'cache-control': 'public, max-age=3600',
    'content-security-policy': policyFor(style),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, body, headers };
}

/** Links to the docs, to the pages like this one, and to the other language. */
function barOf(language: Language, place: PageContent['place']): string {
  // Relative, so that they lead to the same service below any base path.
  const pages = Object.entries(LINKS[language]).map(
    ([name, text]) => `<a href="${name}"${name === place ? ' aria-current="page"' : ''}>${text}</a>`,
  );
  const languages = LANGUAGES.map(
    (other) => `<a href="?lang=${other}" hreflang="${other}" lang="${other}">${NAMES[other]}</a>`,
  );
  return [
    '<b>Keyseal</b>',
    '<a href="../docs">Documentation</a>',
    ...pages,
    '<span></span>',
    ...languages,
  ].join('');
}

const groupOf = ({ name, parts }: ContentsGroup): string => {
  const links = parts.map(([id, text]) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`);
  return `<p>${escapeHtml(name)}</p><ul>${links.join('')}</ul>`;
};

/** The page loads nothing but the typefaces, and runs nothing; its one style is allowed by its digest (CSP Level 3, §6.1). */
const policyFor = (style: string): string =>
  [
    `default-src 'none'`,
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    `font-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

/** Renders the Markdown of a sentence: `code`, and links to pages of the docs, which are served alongside this one. */
export function inline(text: string): string {
  return escapeHtml(text)
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words, link) => `<a href="${docsPlaceOf(link)}">${words}</a>`)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** Renders the Markdown of a text: paragraphs, numbered lists and fenced code. */
export function blocks(text: string): string {
  const parts = text.split(/^```\n([\s\S]*?)\n```$/m);
  return parts.map((part, n) => (n % 2 ? codeView(part) : paragraphs(part))).join('\n');
}

const paragraphs = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block) => {
      const items = block.split(/^\d+\. /m).slice(1);
      if (!/^\d+\. /.test(block)) return `<p>${inline(block)}</p>`;
      return `<ol>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</ol>`;
    })
    .join('\n');
