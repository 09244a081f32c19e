import { builtInApi } from '../server/app/router.ts';
import type { ProcedureInfo } from '../server/rpc/procedure-registry.ts';
import { en } from '../shared/procedure-docs/en.ts';
import { fr } from '../shared/procedure-docs/fr.ts';
import { OWN_REFUSALS } from '../shared/procedure-docs/refusals.ts';
import type { ProcedureText } from '../shared/procedure-docs/text.ts';
import { WHO, type Who } from '../shared/procedure-docs/who.ts';
import type { Language } from './refusals-markdown.ts';

type Name = keyof typeof en;

/** What stands around the texts on the page of a language. */
interface Frame {
  readonly texts: Readonly<Record<Name, ProcedureText>>;
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
    texts: en,
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
    texts: fr,
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

/** `docs/<language>/procedures.md`, made from the guards and the one table of texts. */
export function proceduresMarkdown(language: Language): string {
  const frame = FRAMES[language];
  const names = Object.keys(frame.texts) as Name[];
  return `${[
    `# ${frame.title}`,
    frame.other,
    '<!-- Written by `npm run docs` from shared/procedure-docs: change it there. -->',
    frame.opening,
    ...names.map((name) => sectionOf(name, frame, WHO[language])),
  ].join('\n\n')}\n`;
}

/** English as the guard has it; another language has shapes of its own only where they have words in them. */
function textOf(name: Name, { guard }: ProcedureInfo, { texts }: Frame): ProcedureText {
  const { description = en[name].does, shapes = en[name] } = guard;
  return texts === en ? { does: description, ...shapes } : { ...shapes, ...texts[name] };
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
    ['refused', (guard.refusals ?? OWN_REFUSALS[name]).map((reason) => `\`${reason}\``).join(', ')],
  ];
}
