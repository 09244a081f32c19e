import { builtInApi } from '../server/app/router.ts';
import type { routes } from '../server/app/routes.ts';
import type { ProcedureInfo } from '../server/rpc/procedure-registry.ts';
import { fr } from '../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../shared/procedure-docs/text.ts';
import { WHO, type Who } from '../shared/procedure-docs/who.ts';
import type { Language } from './refusals-markdown.ts';

/** The names on the wire of a record of procedures, and of records of them. */
type NamesOf<R> = {
  [K in keyof R & string]: R[K] extends { readonly _def: unknown } ? K : `${K}.${keyof R[K] & string}`;
}[keyof R & string];

type Name = NamesOf<typeof routes>;

/** A procedure without a French text does not compile. The pages have the procedures in this order. */
const FRENCH: Readonly<Record<Name, ProcedureText>> = fr;
const NAMES = Object.keys(FRENCH) as Name[];

/** What stands around the texts on the page of a language. */
interface Frame {
  /** None in English, which stands on the guards. */
  readonly translated?: Readonly<Record<Name, ProcedureText>>;
  /** Where the texts are written. */
  readonly source: string;
  readonly title: string;
  readonly other: string;
  readonly opening: string;
  readonly streamed: string;
  readonly rows: Readonly<
    Record<'how' | 'who' | 'permission' | 'cost' | 'input' | 'answer' | 'refused', string>
  >;
}

const FRAMES: Readonly<Record<Language, Frame>> = {
  en: {
    source: 'the guards in server/*/*routes.ts',
    title: 'Procedures',
    other: '*[En français](../fr/procedures.md)*',
    opening: `A query is \`GET /api/<name>?input=<JSON, URL-encoded>\`, a mutation \`POST /api/<name>\` with JSON. The answer is
\`{"result":{"data":…}}\`. Inputs are strict: a field that is not named here is refused. Dates are ISO 8601 in UTC. All but
four are [signed](sign-a-request.md); any of them can be refused with what [Refusals](refusals.md) has for keys, tokens,
signatures, permissions, limits, inputs and credits. A key and a person both need the permission: a person by their role in
the workspace. A call takes 1 credit from a key that has them counted, where its table says no other cost; see
[Limits and credits](limits-and-credits.md).`,
    streamed: 'GET, server-sent events',
    rows: {
      how: 'how',
      who: 'who',
      permission: 'permission',
      cost: 'cost',
      input: 'input',
      answer: 'answer',
      refused: 'also refused with',
    },
  },
  fr: {
    translated: FRENCH,
    source: 'the guards in server/*/*routes.ts and shared/procedure-docs/fr.ts',
    title: 'Procédures',
    other: '*[In English](../en/procedures.md)*',
    opening: `Une lecture est \`GET /api/<nom>?input=<JSON encodé pour l'URL>\`, une écriture \`POST /api/<nom>\` avec du JSON. La réponse
est \`{"result":{"data":…}}\`. Les entrées sont strictes : un champ qui n'est pas nommé ici est refusé. Les dates sont en
ISO 8601, UTC. Toutes sauf quatre sont [signées](sign-a-request.md) ; chacune peut être refusée comme
[Refus](refusals.md) le dit pour clés, jetons, signatures, permissions, limites, entrées et crédits. Clé et personne
ont toutes deux besoin de la permission : une personne par son rôle dans l'espace de travail. Un appel prend 1 crédit à
une clé dont les crédits sont comptés, si son tableau n'indique pas un autre coût ; voir
[Limites et crédits](limits-and-credits.md).`,
    streamed: 'GET, événements envoyés par le serveur',
    rows: {
      how: 'comment',
      who: 'qui',
      permission: 'permission',
      cost: 'coût',
      input: 'entrée',
      answer: 'réponse',
      refused: 'refusé aussi par',
    },
  },
};

/** `docs/<language>/procedures.md`, made from the guards and, in French, the table of texts. */
export function proceduresMarkdown(language: Language): string {
  const frame = FRAMES[language];
  return `${[
    `# ${frame.title}`,
    frame.other,
    `<!-- Written by \`npm run docs\` from ${frame.source}: change it there. -->`,
    frame.opening,
    ...NAMES.map((name) => sectionOf(name, frame, WHO[language])),
  ].join('\n\n')}\n`;
}

function textOf(name: Name, { guard }: ProcedureInfo, { translated }: Frame) {
  const { description, shapes } = guard;
  if (description === undefined || shapes === undefined)
    throw new Error(`The guard of ${name} lacks its description or shapes.`);
  return { does: description, ...shapes, ...translated?.[name] };
}

function sectionOf(name: Name, frame: Frame, who: Who): string {
  const procedure = builtInApi.procedures.get(name);
  if (!procedure) throw new Error(`There is no procedure ${name}.`);
  const rows = rowsOf(name, procedure, frame, who).filter(([, cell]) => cell !== '');
  return [
    `## ${name}`,
    '',
    textOf(name, procedure, frame).does,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([row, cell]) => `| ${frame.rows[row]} | ${cell.replaceAll('|', '\\|')} |`),
  ].join('\n');
}

function rowsOf(
  name: Name,
  procedure: ProcedureInfo,
  frame: Frame,
  who: Who,
): [keyof Frame['rows'], string][] {
  const { type, guard } = procedure;
  const { input = '', answer } = textOf(name, procedure, frame);
  const how = { query: 'GET', mutation: 'POST', subscription: frame.streamed }[type];
  const live = 'environment' in guard && guard.environment === 'live';
  const permission = 'permission' in guard ? guard.permission : undefined;
  const cost = 'cost' in guard ? guard.cost : undefined;
  return [
    ['how', how],
    ['who', who[live ? 'live' : guard.access]],
    ['permission', permission === undefined ? '' : `\`${permission}\``],
    ['cost', cost === undefined ? '' : String(cost)],
    ['input', input],
    ['answer', answer],
    ['refused', (guard.refusals ?? []).map((reason) => `\`${reason}\``).join(', ')],
  ];
}
