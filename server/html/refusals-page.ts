import { en } from '../../shared/error-guide/en.ts';
import type { ErrorGuide, ErrorHelp } from '../../shared/error-guide/error-help.ts';
import { fr } from '../../shared/error-guide/fr.ts';
import type { Language } from '../../shared/languages.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { escaped, type HtmlPage, htmlPage, inline } from './html.ts';

const GUIDES: Readonly<Record<Language, ErrorGuide>> = { en, fr };

const PAGES: Readonly<Record<Language, HtmlPage>> = { en: pageOf('en'), fr: pageOf('fr') };

/** Every reason with what happened, why, and how to fix it. `docs` of a refusal links to this page. */
export function refusalsPage(language: Language): HtmlPage {
  return PAGES[language];
}

function pageOf(language: Language): HtmlPage {
  const guide = GUIDES[language];
  const sections = (Object.keys(REFUSALS) as Reason[]).map((reason) => sectionOf(reason, guide));
  return htmlPage({ language, title: guide.title, main: sections.join('\n') });
}

function sectionOf(reason: Reason, { parts, reasons }: ErrorGuide): string {
  const { status, message } = REFUSALS[reason];
  const lines = (Object.keys(parts) as (keyof ErrorHelp)[]).map(
    (part) => `<dt>${escaped(parts[part])}</dt><dd>${inline(reasons[reason][part])}</dd>`,
  );
  return `<section id="${reason}">
<h2><a href="#${reason}"><code>${reason}</code></a> ${status}</h2>
<p lang="en"><q>${escaped(message)}</q></p>
<dl>${lines.join('')}</dl>
</section>`;
}
