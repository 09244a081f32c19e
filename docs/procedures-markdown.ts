import { builtInApi } from '../server/app/router.ts';
import type { routes } from '../server/app/routes.ts';
import type { ProcedureInfo } from '../server/rpc/procedure-registry.ts';
import { ACCESS_LABELS, type AccessLabels } from '../shared/procedure-docs/access-labels.ts';
import { fr } from '../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../shared/procedure-docs/procedure-text.ts';
import type { Language } from './refusals-markdown.ts';

/** The names on the wire of a record of procedures, and of records of them. */
type NamesOf<R> = {
  [K in keyof R & string]: R[K] extends { readonly _def: unknown } ? K : `${K}.${keyof R[K] & string}`;
}[keyof R & string];

type Name = NamesOf<typeof routes>;

/** A procedure without a French text does not compile. The pages have the procedures in this order. */
const FRENCH: Readonly<Record<Name, ProcedureText>> = fr;
const NAMES = Object.keys(FRENCH) as Name[];

/** The fixed texts of a page in one language. */
interface Frame {
  /** None in English: the guards have these texts. */
  readonly translated?: Readonly<Record<Name, ProcedureText>>;
  /** Where the texts are written. */
  readonly source: string;
  readonly title: string;
  readonly other: string;
  readonly opening: string;
  readonly streamed: string;
  /** For a procedure that asks a person for a fresh proof. */
  readonly freshProof: string;
  readonly rows: Readonly<
    Record<'how' | 'who' | 'permission' | 'proof' | 'cost' | 'input' | 'output' | 'refused', string>
  >;
}

const FRAMES: Readonly<Record<Language, Frame>> = {
  en: {
    source: 'the guards in server/*/*routes.ts',
    title: 'Procedures',
    other: '*[En français](../fr/procedures.md)*',
    opening: `A query is \`GET /api/<name>?input=<JSON, URL-encoded>\`, a mutation \`POST /api/<name>\` with JSON. The response is
\`{"result":{"data":…}}\`. Inputs are strict: a field that is not listed here is refused. Dates are ISO 8601 in UTC. Procedures whose
caller is not “anyone, unsigned” require a [signature](sign-a-request.md). Any call can also be refused for a general reason
(key, token, signature, permission, limit, input or credits) from [Refusals](refusals.md). Keys and users both need the
permission; users have it through their role in the workspace. A call costs 1 credit if the key has credits, unless its table
lists another cost; see [Limits and credits](limits-and-credits.md).`,
    streamed: 'GET, server-sent events',
    freshProof: 'from users, at most ten minutes old: [`auth.stepUp`](#authstepup)',
    rows: {
      how: 'HTTP',
      who: 'caller',
      permission: 'permission',
      proof: 'fresh proof',
      cost: 'cost',
      input: 'input',
      output: 'response',
      refused: 'also refused with',
    },
  },
  fr: {
    translated: FRENCH,
    source: 'the guards in server/*/*routes.ts and shared/procedure-docs/fr.ts',
    title: 'Procédures',
    other: '*[In English](../en/procedures.md)*',
    opening: `Une lecture est \`GET /api/<nom>?input=<JSON encodé pour l’URL>\`, une écriture \`POST /api/<nom>\` avec du JSON. La réponse
est \`{"result":{"data":…}}\`. Les entrées sont strictes : un champ qui ne figure pas ici est refusé. Les dates sont en
ISO 8601, UTC. Les procédures dont l’appelant n’est pas « tout le monde, sans signature » exigent une
[signature](sign-a-request.md). Tout appel peut aussi être refusé pour un motif général (clé, jeton, signature,
permission, limite, entrée ou crédits) de la page [Refus](refusals.md). La permission est exigée des clés comme des
personnes ; une personne l’a par son rôle dans l’espace de travail. Un appel coûte 1 crédit à une clé qui a des
crédits, sauf si son tableau indique un autre coût ; voir [Limites et crédits](limits-and-credits.md).`,
    streamed: 'GET, événements SSE',
    freshProof: 'pour une personne, vieille de dix minutes au plus : [`auth.stepUp`](#authstepup)',
    rows: {
      how: 'HTTP',
      who: 'appelant',
      permission: 'permission',
      proof: 'preuve',
      cost: 'coût',
      input: 'entrée',
      output: 'réponse',
      refused: 'aussi refusé avec',
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
    ...NAMES.map((name) => sectionOf(name, frame, ACCESS_LABELS[language])),
  ].join('\n\n')}\n`;
}

function textOf(name: Name, { guard }: ProcedureInfo, { translated }: Frame) {
  const { description, shapes } = guard;
  if (description === undefined || shapes === undefined)
    throw new Error(`The guard of ${name} lacks its description or shapes.`);
  return { does: description, ...shapes, ...translated?.[name] };
}

function sectionOf(name: Name, frame: Frame, who: AccessLabels): string {
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
  who: AccessLabels,
): [keyof Frame['rows'], string][] {
  const { type, guard } = procedure;
  const { input = '', output } = textOf(name, procedure, frame);
  const how = { query: 'GET', mutation: 'POST', subscription: frame.streamed }[type];
  const live = 'environment' in guard && guard.environment === 'live';
  const permission = 'permission' in guard ? guard.permission : undefined;
  const cost = 'cost' in guard ? guard.cost : undefined;
  return [
    ['how', how],
    ['who', who[live ? 'live' : guard.access]],
    ['permission', permission === undefined ? '' : `\`${permission}\``],
    ['proof', 'stepUp' in guard && guard.stepUp ? frame.freshProof : ''],
    ['cost', cost === undefined ? '' : String(cost)],
    ['input', input],
    ['output', output],
    ['refused', (guard.refusals ?? []).map((reason) => `\`${reason}\``).join(', ')],
  ];
}
