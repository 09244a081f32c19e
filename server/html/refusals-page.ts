import { en } from '../../shared/error-guide/en.ts';
import type { ErrorGuide, ErrorHelp } from '../../shared/error-guide/error-help.ts';
import { fr } from '../../shared/error-guide/fr.ts';
import type { Language } from '../../shared/languages.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { escapeHtml } from './escape-html.ts';
import { type ContentsGroup, type HtmlPage, htmlPage, inline } from './html.ts';
import type { PageBrand } from './page-brand.ts';

const GUIDES: Readonly<Record<Language, ErrorGuide>> = { en, fr };

const INTRODUCTIONS: Readonly<Record<Language, string>> = {
  en: 'A refused call gets a status, and `reason` in `error.data`. Your code decides by `reason`, which never changes, and not by the message. If signatures are refused, begin with [Troubleshooting](troubleshooting.md).',
  fr: 'Un appel refusé reçoit un statut, et `reason` dans `error.data`. Votre code décide d’après `reason`, qui ne change jamais, et non d’après le message. Si des signatures sont refusées, commencez par [Dépannage](troubleshooting.md).',
};

/** The service sends its messages in English. */
const MESSAGES: Readonly<Record<Language, string>> = { en: '', fr: 'Message, en anglais\u{a0}:' };

const STYLE = `
h2 { margin: 0 0 0.5rem; font-size: 1.0625rem; overflow-wrap: anywhere; }
h2 .mark { color: var(--refused); vertical-align: 0.1em; }
q { color: var(--dimmed); }
@media (min-width: 80rem) { dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 0.25rem 1rem; } }
`;

const MADE = new WeakMap<PageBrand, Map<Language, HtmlPage>>();

/** Every reason with what happened, why, and how to fix it; made once for each brand and language. `docs` of a refusal links to this page. */
export function refusalsPage(brand: PageBrand, language: Language): HtmlPage {
  const made = MADE.get(brand) ?? new Map<Language, HtmlPage>();
  const page = made.get(language) ?? pageOf(brand, language);
  MADE.set(brand, made.set(language, page));
  return page;
}

function pageOf(brand: PageBrand, language: Language): HtmlPage {
  const guide = GUIDES[language];
  const reasons = Object.keys(REFUSALS) as Reason[];
  const main = [
    `<p>${inline(INTRODUCTIONS[language])}</p>`,
    ...reasons.map((reason) => sectionOf(reason, language)),
  ];
  return htmlPage({
    brand,
    language,
    place: 'refusals',
    title: guide.title,
    contents: contentsOf(reasons),
    style: STYLE,
    main: main.join('\n'),
  });
}

/** By status, as a client meets them. */
function contentsOf(reasons: readonly Reason[]): ContentsGroup[] {
  const statuses = [...new Set(reasons.map((reason) => REFUSALS[reason].status))].sort((a, b) => a - b);
  return statuses.map((status) => ({
    name: String(status),
    parts: reasons.filter((reason) => REFUSALS[reason].status === status).map((reason) => [reason, reason]),
  }));
}

function sectionOf(reason: Reason, language: Language): string {
  const { parts, reasons } = GUIDES[language];
  const { status, message } = REFUSALS[reason];
  const lines = (Object.keys(parts) as (keyof ErrorHelp)[]).map(
    (part) => `<dt>${escapeHtml(parts[part])}</dt><dd>${inline(reasons[reason][part])}</dd>`,
  );
  return `<section id="${reason}">
<h2><span class="mark">${status}</span><a href="#${reason}"><code>${reason}</code></a></h2>
<p>${MESSAGES[language]} <q lang="en">${escapeHtml(message)}</q></p>
<dl>${lines.join('')}</dl>
</section>`;
}
