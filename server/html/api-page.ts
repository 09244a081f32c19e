import type { Language } from '../../shared/languages.ts';
import { ACCESS_LABELS } from '../../shared/procedure-docs/access-labels.ts';
import { fr } from '../../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../../shared/procedure-docs/procedure-text.ts';
import { REFUSALS_PAGE } from '../../shared/refusal-form.ts';
import type { ApiDocument, ApiResponse, Content, Operation } from '../rpc/api-document.ts';
import type { Api, ProcedureInfo } from '../rpc/procedure-registry.ts';
import { AREAS_FR, CUSTOM_AREA_FR, INTRODUCTION_FR } from './api-page-fr.ts';
import { proofInFrench } from './api-page-proofs-fr.ts';
import { API_PAGE_STYLE } from './api-page-style.ts';
import { WORDS } from './api-page-texts.ts';
import { callExamples, EXAMPLE_LANGUAGES } from './call-examples.ts';
import { codeView } from './code-view.ts';
import { escapeHtml } from './escape-html.ts';
import { blocks, type HtmlPage, htmlPage, inline } from './html.ts';
import type { PageBrand } from './page-brand.ts';
import { schemaView } from './schema-view.ts';

/** By name on the wire; the guards have the English texts. */
const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<string, ProcedureText>>>> = {
  fr,
};

/** What the page is made of. */
interface DescribedApi {
  readonly document: ApiDocument;
  readonly api: Api;
  readonly brand: PageBrand;
}

const MADE = new WeakMap<ApiDocument, Map<Language, HtmlPage>>();

/** The page of every procedure of a service with its input, output and refusals: made once for each language. */
export function apiPage({ document, ...described }: DescribedApi, language: Language): HtmlPage {
  const made = MADE.get(document) ?? new Map<Language, HtmlPage>();
  const page = made.get(language) ?? pageOf({ document, ...described }, language);
  MADE.set(document, made.set(language, page));
  return page;
}

/** Text of custom procedures is not trusted. */
function pageOf({ document, api, brand }: DescribedApi, language: Language): HtmlPage {
  const words = WORDS[language];
  const all = Object.entries(document.paths).map(([path, item]): DocumentedProcedure => {
    const operation = 'get' in item ? item.get : item.post;
    const name = decodeURIComponent(path.slice('/api/'.length));
    return { name, operation, procedure: api.procedures.get(name) as ProcedureInfo };
  });
  const areas = document.tags.map(({ name, description }) => {
    const procedures = all.filter(({ operation }) => operation.tags.includes(name));
    return { name, description, procedures };
  });
  const idOf = (name: string) => encodeURIComponent(name);
  const contents = areas.map(({ name, procedures }) => ({
    name,
    parts: procedures.map(({ name }) => [idOf(name), name] as const),
  }));
  const main = [
    `<p>${words.document} <a href="${basePathOf(document)}/openapi.json"><code>/openapi.json</code></a></p>`,
    language === 'fr' ? blocks(INTRODUCTION_FR) : blocks(document.info.description),
    `<h2 id="proofs">${words.proofs}</h2>`,
    proofsOf(document, language),
    `<p>${inline(words.variables)}</p>`,
    languageChoice(words.examples),
    ...areas.flatMap(({ name, description, procedures }) => [
      `<h2>${escapeHtml(name)}</h2>\n${areaIn(language, name, description)}`,
      ...procedures.map((procedure) => sectionOf(procedure, document, language)),
    ]),
  ];
  return htmlPage({
    brand,
    language,
    place: 'api',
    title: words.title,
    contents,
    main: main.join('\n'),
    style: API_PAGE_STYLE,
  });
}

/** The areas of custom procedures share one description. */
const areaIn = (language: Language, name: string, description: string): string =>
  `<p>${inline(language === 'fr' ? (Object.hasOwn(AREAS_FR, name) && AREAS_FR[name]) || CUSTOM_AREA_FR : description)}</p>`;

/** A choice of the language of all examples, which the style reads: the page runs no script for it. */
const languageChoice = (label: string): string => {
  const choices = Object.entries(EXAMPLE_LANGUAGES).map(
    ([value, name], at) =>
      `<label><input type="radio" name="language" value="${value}"${at === 0 ? ' checked' : ''}>${name}</label>`,
  );
  return `<fieldset class="choice"><legend>${label}</legend>${choices.join('')}</fieldset>`;
};

interface DocumentedProcedure {
  readonly name: string;
  readonly operation: Operation;
  readonly procedure: ProcedureInfo;
}

function proofsOf({ components }: ApiDocument, language: Language): string {
  const schemes = Object.entries(components.securitySchemes as Record<string, { description: string }>);
  const lines = schemes.map(([name, { description }]) => {
    const text = language === 'fr' ? proofInFrench(name, description) : description;
    return `<dt>${escapeHtml(name)}</dt><dd>${blocks(text)}</dd>`;
  });
  return `<dl>${lines.join('')}</dl>`;
}

/** A procedure: what it does and accepts, with a call and its response next to it in a wide window. */
function sectionOf(documented: DocumentedProcedure, document: ApiDocument, language: Language): string {
  const { name, operation, procedure } = documented;
  const words = WORDS[language];
  const method = procedure.type === 'mutation' ? 'POST' : 'GET';
  const input = operation.requestBody?.content ?? operation.parameters?.[0]?.content ?? {};
  const optional = operation.parameters?.[0]?.required === false ? ` <i>${words.optional}</i>` : '';
  const contents = (content: Content) => contentsOf(content, document, language);
  const response = (operation.responses['200'] as ApiResponse).content;
  const id = escapeHtml(encodeURIComponent(name));
  return [
    `<section id="${id}">`,
    `<h3><a href="#${id}"><span class="mark">${method}</span> <code>/api/${escapeHtml(name)}</code></a></h3>`,
    '<div class="call"><div>',
    blocks(descriptionIn(language, documented)),
    factsOf(procedure, language),
    ...(Object.keys(input).length > 0 ? [`<h4>${words.input}${optional}</h4>`, contents(input)] : []),
    `<h4>${words.response}</h4>`,
    contents(response),
    `<h4>${words.refused}</h4>`,
    refusalsOf(operation, document),
    '</div><div class="examples">',
    examplesOf(documented, document, language),
    '</div></div>',
    '</section>',
  ].join('\n');
}

const contentsOf = (content: Content, { components }: ApiDocument, language: Language): string =>
  Object.entries(content)
    .map(([media, { schema }]) => {
      const view = schemaView(schema, { schemas: components.schemas, language });
      const type =
        media === 'application/json' ? '' : `<code>${escapeHtml(media)}</code>${WORDS[language].colon} `;
      return `<div class="shape">${type}${view}</div>`;
    })
    .join('');

/** A call in every language, of which the style shows the chosen one, and its response. */
function examplesOf(documented: DocumentedProcedure, document: ApiDocument, language: Language): string {
  const words = WORDS[language];
  const calls = callExamples({ ...documented, document });
  const has = calls.map(([name]) => name).join(' ');
  const all = calls.map(([name, code]) => `<div class="in ${name}">${codeView(code)}</div>`);
  const contents = Object.values((documented.operation.responses['200'] as ApiResponse).content);
  const example = contents.find(({ example }) => example !== undefined)?.example;
  const response =
    example === undefined ? '' : `<h4>${words.example}</h4>${codeView(JSON.stringify(example, null, 2))}`;
  return `<h4>${words.call}</h4><div class="calls ${has}">${all.join('')}</div>${response}`;
}

/** Custom procedures have only English descriptions. */
function descriptionIn(language: Language, { name, procedure }: DocumentedProcedure): string {
  const translated = language === 'en' ? {} : TRANSLATIONS[language];
  const text = Object.hasOwn(translated, name) ? translated[name] : undefined;
  return text?.does ?? procedure.guard.description ?? '';
}

function factsOf({ guard }: ProcedureInfo, language: Language): string {
  const words = WORDS[language];
  const facts = [
    `${words.who}${words.colon} ${inline(ACCESS_LABELS[language][guard.access])}`,
    'permission' in guard && guard.permission
      ? `${words.permission}${words.colon} <code>${escapeHtml(guard.permission)}</code>`
      : '',
    'environment' in guard && guard.environment
      ? `${words.environment} <code>${guard.environment}</code>`
      : '',
    'stepUp' in guard && guard.stepUp ? words.stepUp : '',
    'cost' in guard && guard.cost !== undefined ? `${words.cost}${words.colon} ${guard.cost}` : '',
  ];
  const items = facts.filter((fact) => fact !== '').map((fact) => `<li>${fact}</li>`);
  return `<ul class="facts">${items.join('')}</ul>`;
}

/** By status, each reason with a link to its explanation. */
function refusalsOf({ responses }: Operation, document: ApiDocument): string {
  const { components } = document;
  const page = `${basePathOf(document)}${REFUSALS_PAGE}`;
  const lines = Object.entries(responses).flatMap(([status, response]) => {
    if (!('$ref' in response)) return [];
    const named = components.responses[response.$ref.split('/').at(-1) as string];
    const reasons = [...(named?.description.matchAll(/^- `([A-Z_]+)`/gm) ?? [])].map(([, reason]) => reason);
    const links = reasons.map((reason) => `<a href="${page}#${reason}"><code>${reason}</code></a>`);
    return [`<li><span class="mark">${status}</span>${links.join(' ')}</li>`];
  });
  return `<ul class="refusals">${lines.join('')}</ul>`;
}

/** The path below which the service is reached; empty without one. */
const basePathOf = ({ servers: [server] }: ApiDocument): string =>
  new URL(server?.url ?? '', 'http://localhost').pathname.replace(/\/$/, '');
