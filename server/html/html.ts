import { createHash } from 'node:crypto';
import { docsPlaceOf } from '../../shared/docs-links.ts';
import { LANGUAGES, type Language } from '../../shared/languages.ts';

/** An HTTP response with a page. */
export interface HtmlPage {
  readonly status: 200;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
nav a { margin-right: 1rem; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.1rem; }
h2 a, h3 a { color: inherit; text-decoration: none; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
section:target { outline: 2px solid; outline-offset: 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.75rem; }
`;

/** The content of a page, in HTML. */
export interface Said {
  readonly language: Language;
  /** Plain text. */
  readonly title: string;
  readonly main: string;
  /** In addition to the style of all pages. */
  readonly style?: string;
}

/** A page of the service's docs. Clients may cache it; it runs, loads and frames nothing. */
export function htmlPage({ language, title, main, style: more = '' }: Said): HtmlPage {
  const style = STYLE + more;
  const links = LANGUAGES.map((other) => `<a href="?lang=${other}" hreflang="${other}">${NAMES[other]}</a>`);
  // Relative, so that it holds below any base path.
  links.unshift(`<a href="../docs">Documentation</a>`);
  const body = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Keyseal: ${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<nav>${links.join('')}</nav>
<main>
<h1>${escaped(title)}</h1>
${main}
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

/** The page loads and runs nothing; its one style is allowed by its digest (CSP Level 3, §6.1). */
const policyFor = (style: string): string =>
  [
    `default-src 'none'`,
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

/** Renders the Markdown of a sentence: `code`, and links to pages of the docs, which are served alongside this one. */
export function inline(text: string): string {
  return escaped(text)
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words, link) => `<a href="${docsPlaceOf(link)}">${words}</a>`)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** Renders the Markdown of a text: paragraphs, numbered lists and fenced code. */
export function blocks(text: string): string {
  const parts = text.split(/^```\n([\s\S]*?)\n```$/m);
  return parts.map((part, n) => (n % 2 ? `<pre>${escaped(part)}</pre>` : paragraphs(part))).join('\n');
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

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
