import { createHash } from 'node:crypto';
import { en } from '../../shared/reasons/en.ts';
import { fr } from '../../shared/reasons/fr.ts';
import type { Lesson, Lessons } from '../../shared/reasons/lesson.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { LANGUAGES, type Language } from './language.ts';

/** A page as it is answered. */
interface HtmlPage {
  readonly status: 200;
  readonly body: string;
  readonly headers: Record<string, string>;
}

const LESSONS: Readonly<Record<Language, Lessons>> = { en, fr };
const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
nav a { margin-right: 1rem; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.1rem; }
h2 a { color: inherit; text-decoration: none; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
section:target { outline: 2px solid; outline-offset: 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.75rem; }
`;

/** Nothing is loaded or run; the one style is known by its digest (CSP Level 3, §6.1). */
const POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const PAGES: Readonly<Record<Language, HtmlPage>> = { en: pageOf('en'), fr: pageOf('fr') };

/** Every reason with what happened, why, and how to mend it: where `docs` of a refusal leads. */
export function refusalsPage(language: Language): HtmlPage {
  return PAGES[language];
}

function pageOf(language: Language): HtmlPage {
  return {
    status: 200,
    body: htmlOf(language),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      vary: 'accept-language',
      'cache-control': 'public, max-age=3600',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

function htmlOf(language: Language): string {
  const lessons = LESSONS[language];
  const links = LANGUAGES.map((other) => `<a href="?lang=${other}" hreflang="${other}">${NAMES[other]}</a>`);
  const sections = (Object.keys(REFUSALS) as Reason[]).map((reason) => sectionOf(reason, lessons));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Keyseal: ${lessons.title}</title>
<style>${STYLE}</style>
</head>
<body>
<nav>${links.join('')}</nav>
<main>
<h1>${lessons.title}</h1>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf(reason: Reason, { parts, reasons }: Lessons): string {
  const { status, message } = REFUSALS[reason];
  const lines = (Object.keys(parts) as (keyof Lesson)[]).map(
    (part) => `<dt>${escaped(parts[part])}</dt><dd>${inline(reasons[reason][part])}</dd>`,
  );
  return `<section id="${reason}">
<h2><a href="#${reason}"><code>${reason}</code></a> ${status}</h2>
<p lang="en"><q>${escaped(message)}</q></p>
<dl>${lines.join('')}</dl>
</section>`;
}

/** The Markdown of a lesson: `code`, and links, of which the text alone is told, since their pages are not served. */
function inline(text: string): string {
  return escaped(text)
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '<em>$1</em>')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
