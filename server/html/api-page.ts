import type { Language } from '../../shared/languages.ts';
import { ACCESS_LABELS } from '../../shared/procedure-docs/access-labels.ts';
import { fr } from '../../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../../shared/procedure-docs/procedure-text.ts';
import { REFUSALS_PAGE } from '../../shared/refusal-form.ts';
import type { ApiDocument, ApiResponse, Content, Operation } from '../rpc/api-document.ts';
import type { Api, ProcedureInfo } from '../rpc/procedure-registry.ts';
import { WORDS } from './api-page-texts.ts';
import { blocks, escaped, type HtmlPage, htmlPage, inline } from './html.ts';
import { schemaView } from './schema-view.ts';

/** By name on the wire; the guards have the English texts. */
const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<string, ProcedureText>>>> = {
  fr,
};

const STYLE = `
body { max-width: 60rem; }
h3 { margin: 2.5rem 0 0.5rem; font-size: 1.1rem; overflow-wrap: anywhere; }
h4 { margin: 1rem 0 0.25rem; font-size: 1rem; }
ul { padding-left: 1.1rem; margin: 0; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 0.25rem; }
summary { cursor: pointer; }
`;

const MADE = new WeakMap<ApiDocument, Map<Language, HtmlPage>>();

/** The page of every procedure of a service with its input, output and refusals: made once for each language. */
export function apiPage(document: ApiDocument, api: Api, language: Language): HtmlPage {
  const made = MADE.get(document) ?? new Map<Language, HtmlPage>();
  const page = made.get(language) ?? pageOf(document, api, language);
  MADE.set(document, made.set(language, page));
  return page;
}

/** Text of custom procedures is not trusted. */
function pageOf(document: ApiDocument, api: Api, language: Language): HtmlPage {
  const words = WORDS[language];
  const all = Object.entries(document.paths).map(([path, item]): Shown => {
    const operation = 'get' in item ? item.get : item.post;
    const name = decodeURIComponent(path.slice('/api/'.length));
    return { name, operation, procedure: api.procedures.get(name) as ProcedureInfo };
  });
  const areas = document.tags.map(({ name, description }) => {
    const shown = all.filter(({ operation }) => operation.tags.includes(name));
    return { name, description, shown };
  });
  const contents = areas.map(
    ({ name, shown }) => `<li>${escaped(name)}${words.colon} ${shown.map(linkTo).join(', ')}</li>`,
  );
  const main = [
    `<p>${words.document} <a href="${basePathOf(document)}/openapi.json"><code>/openapi.json</code></a></p>`,
    `<div lang="en">${blocks(document.info.description)}</div>`,
    `<ul>${contents.join('')}</ul>`,
    `<h2 id="proofs">${words.proofs}</h2>`,
    proofsOf(document),
    ...areas.flatMap(({ name, description, shown }) => [
      `<h2>${escaped(name)}</h2>\n<p lang="en">${inline(description)}</p>`,
      ...shown.map((one) => sectionOf(one, document, language)),
    ]),
  ];
  return htmlPage({ language, title: words.title, main: main.join('\n'), style: STYLE });
}

interface Shown {
  readonly name: string;
  readonly operation: Operation;
  readonly procedure: ProcedureInfo;
}

const linkTo = ({ name }: Shown): string =>
  `<a href="#${escaped(encodeURIComponent(name))}">${escaped(name)}</a>`;

function proofsOf({ components }: ApiDocument): string {
  const schemes = Object.entries(components.securitySchemes as Record<string, { description: string }>);
  const lines = schemes.map(
    ([name, { description }]) => `<dt>${escaped(name)}</dt><dd>${blocks(description)}</dd>`,
  );
  return `<dl lang="en">${lines.join('')}</dl>`;
}

function sectionOf(shown: Shown, document: ApiDocument, language: Language): string {
  const { name, operation, procedure } = shown;
  const words = WORDS[language];
  const view = { schemas: document.components.schemas, language };
  const method = procedure.type === 'mutation' ? 'POST' : 'GET';
  const input = operation.requestBody?.content ?? operation.parameters?.[0]?.content ?? {};
  const answer = (operation.responses['200'] as ApiResponse).content;
  const optional = operation.parameters?.[0]?.required === false ? ` <i>${words.optional}</i>` : '';
  const contents = (content: Content) =>
    Object.entries(content).map(
      ([media, { schema, example }]) =>
        `<div><code>${escaped(media)}</code>${words.colon} ${schemaView(schema, view)}</div>${exampleOf(example, words.example)}`,
    );
  return [
    `<section id="${escaped(encodeURIComponent(name))}">`,
    `<h3><a href="#${escaped(encodeURIComponent(name))}"><code>${method} /api/${escaped(name)}</code></a></h3>`,
    blocks(descriptionIn(language, shown)),
    factsOf(procedure, language),
    ...(Object.keys(input).length > 0 ? [`<h4>${words.input}${optional}</h4>`, ...contents(input)] : []),
    `<h4>${words.answer}</h4>`,
    ...contents(answer),
    `<h4>${words.refused}</h4>`,
    refusalsOf(operation, document),
    '</section>',
  ].join('\n');
}

/** Custom procedures have only English descriptions. */
function descriptionIn(language: Language, { name, procedure }: Shown): string {
  const translated = language === 'en' ? {} : TRANSLATIONS[language];
  const text = Object.hasOwn(translated, name) ? translated[name] : undefined;
  return text?.does ?? procedure.guard.description ?? '';
}

function factsOf({ guard }: ProcedureInfo, language: Language): string {
  const words = WORDS[language];
  const facts = [
    `${words.who}${words.colon} ${inline(ACCESS_LABELS[language][guard.access])}`,
    'permission' in guard && guard.permission
      ? `${words.permission}${words.colon} <code>${escaped(guard.permission)}</code>`
      : '',
    'environment' in guard && guard.environment
      ? `${words.environment} <code>${guard.environment}</code>`
      : '',
    'stepUp' in guard && guard.stepUp ? words.stepUp : '',
    'cost' in guard && guard.cost !== undefined ? `${words.cost}${words.colon} ${guard.cost}` : '',
  ];
  return `<p>${facts.filter((fact) => fact !== '').join(' · ')}</p>`;
}

const exampleOf = (example: unknown, word: string): string =>
  example === undefined
    ? ''
    : `<details><summary>${word}</summary><pre>${escaped(JSON.stringify(example, null, 2))}</pre></details>`;

/** By status, each reason with a link to its explanation. */
function refusalsOf({ responses }: Operation, document: ApiDocument): string {
  const { components } = document;
  const page = `${basePathOf(document)}${REFUSALS_PAGE}`;
  const lines = Object.entries(responses).flatMap(([status, response]) => {
    if (!('$ref' in response)) return [];
    const named = components.responses[response.$ref.split('/').at(-1) as string];
    const reasons = [...(named?.description.matchAll(/^- `([A-Z_]+)`/gm) ?? [])].map(([, reason]) => reason);
    const links = reasons.map((reason) => `<a href="${page}#${reason}"><code>${reason}</code></a>`);
    return [`<li>${status}: ${links.join(', ')}</li>`];
  });
  return `<ul>${lines.join('')}</ul>`;
}

/** The path below which the service is reached; empty without one. */
const basePathOf = ({ servers: [server] }: ApiDocument): string =>
  new URL(server?.url ?? '', 'http://localhost').pathname.replace(/\/$/, '');
