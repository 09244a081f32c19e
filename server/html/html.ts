import { withKeyPrefix } from '../../shared/brand.ts';
import { docsPlaceOf } from '../../shared/docs-links.ts';
import { LANGUAGES, type Language } from '../../shared/languages.ts';
import { codeView } from './code-view.ts';
import { escapeHtml } from './escape-html.ts';
import type { PageBrand } from './page-brand.ts';
import { fontFaces } from './page-fonts.ts';
import { PAGE_STYLE } from './page-style.ts';
import { cspDigest, THEME_SCRIPT } from './theme-script.ts';

/** An HTTP response with a page. */
export interface HtmlPage {
  readonly status: 200;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

/** The content of a page, in HTML. */
export interface PageContent {
  readonly brand: PageBrand;
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

/** The console's pages in the bar, below the base path. */
const CONSOLE_LINKS = {
  en: { 'docs#search': 'Search', keys: 'API keys' },
  fr: { 'docs#search': 'Rechercher', keys: 'Clés d’API' },
} as const;

const CONTENTS: Readonly<Record<Language, string>> = { en: 'On this page', fr: 'Sur cette page' };

/** A page of the service's docs. Clients may cache it. It frames nothing, runs only `THEME_SCRIPT`, and loads only the logo and the console's typefaces. */
export function htmlPage({
  brand,
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
<title>${escapeHtml(title)} · ${escapeHtml(brand.name)}</title>
<link rel="icon" href="../${brand.logo}">
<script>${THEME_SCRIPT}</script>
<style>${style}</style>
</head>
<body>
<nav class="bar" aria-label="Documentation">${barOf(language, place, brand)}</nav>
<main class="columns">
<h1>${escapeHtml(title)}</h1>
<nav class="contents" aria-label="${CONTENTS[language]}">${contents.map(groupOf).join('')}</nav>
<div>
${withKeyPrefix(main, brand)}
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

/** Links to the console, to the docs, to the pages like this one, and to the other language. */
function barOf(language: Language, place: PageContent['place'], { name, logo }: PageBrand): string {
  // Relative, so that they lead to the same service below any base path.
  const pages = Object.entries(LINKS[language]).map(
    ([page, text]) => `<a href="${page}"${page === place ? ' aria-current="page"' : ''}>${text}</a>`,
  );
  const languages = LANGUAGES.map(
    (other) => `<a href="?lang=${other}" hreflang="${other}" lang="${other}">${NAMES[other]}</a>`,
  );
  return [
    `<a class="brand" href="../" aria-label="${escapeHtml(name)}"><img src="../${logo}" alt="" width="24" height="24"><b>${escapeHtml(name)}</b></a>`,
    '<a href="../docs">Documentation</a>',
    ...pages,
    '<span></span>',
    ...Object.entries(CONSOLE_LINKS[language]).map(([to, text]) => `<a href="../${to}">${text}</a>`),
    ...languages,
  ].join('');
}

const groupOf = ({ name, parts }: ContentsGroup): string => {
  const links = parts.map(([id, text]) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`);
  const [first = ''] = parts[0] ?? [];
  return `<p><a href="#${escapeHtml(first)}">${escapeHtml(name)}</a></p><ul>${links.join('')}</ul>`;
};

/** The page loads nothing but the logo and the typefaces; its one script and its one style are allowed by their digests. */
const policyFor = (style: string): string =>
  [
    `default-src 'none'`,
    `script-src ${cspDigest(THEME_SCRIPT)}`,
    `style-src ${cspDigest(style)}`,
    `font-src 'self'`,
    `img-src 'self'`,
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
