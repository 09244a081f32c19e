import { en } from '../shared/error-guide/en.ts';
import type { ErrorGuide, ErrorHelp } from '../shared/error-guide/error-help.ts';
import { fr } from '../shared/error-guide/fr.ts';
import { REFUSALS, type Reason } from '../shared/refusals.ts';

/** What stands around the lessons on the page of a language. */
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
    opening: `A refused call is answered with the HTTP status and, as tRPC has it, an \`error\` whose \`data\` is

${EXAMPLE}

\`reason\` is stable: decide by it, never by the message. The log of the service has the call under \`requestId\`, which
is in the header \`x-request-id\` too. \`docs\` leads to the place of the reason on a page that the service itself serves,
in the reader's language: what stands below. A batch that is refused before its calls are looked at is answered by one
such object; where only some of its calls are refused, the status is 207 and each has its own.`,
    columns: '| reason | status | what happened |',
    order: `## Which reason wins

The first thing that is wrong wins, in this order: what is malformed, the key's secret, the key's state, the MAC, the
time, the nonce, the token, the session, the address, the kind of proof, the permission, the environment, the limits, the
input, the credits. So a reason never tells about a credential before its holder has shown it, a call that is not
permitted is not counted, and nothing is paid for an input that is wrong.`,
    each: '## Each reason',
  },
  fr: {
    lessons: fr,
    other: '*[In English](../en/refusals.md)*',
    opening: `Un appel refusé reçoit le statut HTTP et, à la manière de tRPC, un \`error\` dont \`data\` est

${EXAMPLE}

\`reason\` est stable : décidez d'après lui, jamais d'après le message. Le journal du service a l'appel sous \`requestId\`,
qui est aussi dans l'en-tête \`x-request-id\`. \`docs\` mène à la place de la raison sur une page que le service sert
lui-même, dans la langue de qui la lit : ce qui se trouve ci-dessous. Un lot refusé avant que ses appels ne soient
regardés reçoit un seul de ces objets ; si seuls certains de ses appels sont refusés, le statut est 207 et chacun a le
sien.`,
    columns: "| raison | statut | ce qui s'est passé |",
    order: `## Quelle raison l'emporte

La première chose fausse l'emporte, dans cet ordre : ce qui est mal formé, le secret de la clé, l'état de la clé, le
MAC, l'heure, le nonce, le jeton, la session, l'adresse, la sorte de preuve, la permission, l'environnement, les limites,
l'entrée, les crédits. Ainsi une raison ne dit rien d'un justificatif avant que son détenteur ne l'ait montré, un appel
qui n'est pas permis n'est pas compté, et rien n'est payé pour une entrée fausse.`,
    each: '## Chaque raison',
  },
} as const satisfies Record<string, Frame>;

export type Language = keyof typeof FRAMES;
export const LANGUAGES = Object.keys(FRAMES) as Language[];

/** `docs/<language>/refusals.md`, made from the one table of lessons. */
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
