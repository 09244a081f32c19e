import { en } from '../shared/error-guide/en.ts';
import type { ErrorGuide, ErrorHelp } from '../shared/error-guide/error-help.ts';
import { fr } from '../shared/error-guide/fr.ts';
import { REFUSALS, type Reason } from '../shared/refusals.ts';

/** The texts around the error guide on the page of a language. */
interface Frame {
  readonly lessons: ErrorGuide;
  readonly other: string;
  readonly opening: string;
  readonly columns: string;
  readonly order: string;
  readonly each: string;
}

const EXAMPLE = `\`\`\`json
{
  "code": "FORBIDDEN",
  "httpStatus": 403,
  "path": "echo",
  "reason": "PERMISSION_DENIED",
  "requestId": "…",
  "docs": "https://api.example.com/docs/refusals#PERMISSION_DENIED",
  "missing": "echo:write"
}
\`\`\``;

const FRAMES = {
  en: {
    lessons: en,
    other: '*[En français](../fr/refusals.md)*',
    opening: `The response to a refused call has the HTTP status and, in tRPC's format, an \`error\` with this \`data\`:

${EXAMPLE}

\`reason\` is stable: your code must base its decisions on it, never on the message. The service logs the call under \`requestId\`, which
is also in the header \`x-request-id\`. \`docs\` is a link to the reason on a page that the service itself serves, in the
reader's language, with the text below. \`issues\` names what is wrong: with \`INPUT_INVALID\`, the fields of the input; if the
request is malformed (the statuses 400, 405, 408, 413, 415, 421 and 431), the part in \`path\`, such as
\`headers.content-type\`, and the broken format rule in \`rule\`, such as \`header-repeated\`. If the service refuses a whole batch, the response has one such object. If it refuses
only some calls of a batch, the status is 207 and each refused call has its own object.`,
    columns: '| reason | status | what happened |',
    order: `## Order of checks

The service checks in this order and reports the first error: malformed requests, the secret of the key, the state of the
key, the MAC, the time, the nonce, the token, the session, the IP address, the kind of credential, the permission, the
environment, the limits, the input, the credits. So a reason reveals nothing about a credential to a caller who has not
proven it, a call without permission does not count against limits, and a call with an invalid input costs no credits.`,
    each: '## Each reason',
  },
  fr: {
    lessons: fr,
    other: '*[In English](../en/refusals.md)*',
    opening: `La réponse à un appel refusé a le statut HTTP et, au format de tRPC, un objet \`error\` avec ce \`data\` :

${EXAMPLE}

\`reason\` est stable : votre code doit décider d’après lui, jamais d’après le message. Le service journalise l’appel sous
\`requestId\`, qui figure aussi dans l’en-tête \`x-request-id\`. \`docs\` est un lien vers le motif, sur une page que le
service sert lui-même dans la langue du lecteur, avec le texte ci-dessous. \`issues\` indique ce qui ne va pas : avec
\`INPUT_INVALID\`, les champs de l’entrée ; si c’est le format de la requête (statuts 400, 405, 408, 413, 415, 421 et 431), la
partie par \`path\`, comme \`headers.content-type\`, et la règle par \`rule\`, comme \`header-repeated\`. Si le service refuse un lot entier, la réponse
a un seul de ces objets. S’il ne refuse que certains appels du lot, le statut est 207 et chaque appel refusé a le sien.`,
    columns: '| motif | statut | ce qui s’est passé |',
    order: `## Ordre des vérifications

Le service vérifie dans cet ordre et signale la première erreur : le format de la requête, le secret de la clé, l’état de
la clé, le MAC, l’heure, le nonce, le jeton, la session, l’adresse IP, le type de preuve, la permission, l’environnement,
les limites, l’entrée, les crédits. Ainsi, un motif ne révèle rien d’une clé ou d’une session à qui ne l’a pas prouvée,
un appel sans permission n’est pas compté dans les limites, et une entrée non valide ne coûte aucun crédit.`,
    each: '## Chaque motif',
  },
} as const satisfies Record<string, Frame>;

export type Language = keyof typeof FRAMES;
export const LANGUAGES = Object.keys(FRAMES) as Language[];

/** `docs/<language>/refusals.md`, made from the error guide. */
export function refusalsMarkdown(language: Language): string {
  const { lessons, other, opening, columns, order, each } = FRAMES[language];
  const reasons = Object.keys(REFUSALS) as Reason[];
  const rows = reasons.map(
    (reason) =>
      `| [\`${reason}\`](#${reason.toLowerCase()}) | ${REFUSALS[reason].status} | ${lessons.reasons[reason].happened} |`,
  );
  return `${[
    `# ${lessons.title}`,
    other,
    '<!-- Written by `npm run docs` from shared/error-guide: change it there. -->',
    opening,
    [columns, '| --- | --- | --- |', ...rows].join('\n'),
    order,
    each,
    ...reasons.map((reason) => sectionOf(reason, lessons)),
  ].join('\n\n')}\n`;
}

function sectionOf(reason: Reason, { parts, reasons }: ErrorGuide): string {
  const { status, message } = REFUSALS[reason];
  const paragraphs = (Object.keys(parts) as (keyof ErrorHelp)[]).map(
    (part) => `**${parts[part]}.** ${reasons[reason][part]}`,
  );
  return [`### ${reason}`, `${status}: “${message}”`, ...paragraphs].join('\n\n');
}
