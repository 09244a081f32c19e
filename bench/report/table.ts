import type { Disturbance } from '../processes/foreign-load.ts';
import { AIMS, type Aim, type AimName } from './aims.ts';
import { isReached, type Measured, type Recorded, type Row } from './result.ts';
import { figure, UNITS, type Unit } from './units.ts';

interface Words {
  readonly head: readonly string[];
  readonly yes: string;
  readonly no: string;
  readonly none: string;
  /** Between the least and the most. */
  readonly to: string;
  /** The days that a range is from. */
  readonly days: (recorded: number) => string;
  /** Units whose names differ from the English ones. */
  readonly units: Partial<Record<Unit, string>>;
}

/** The languages of the published table, with its head and its empty cells. */
const WORDS = {
  en: {
    head: ['what', 'target', 'measured', 'reached'],
    yes: 'yes',
    no: 'no',
    none: 'not recorded',
    to: 'to',
    days: (recorded) => `measured on ${recorded} day${recorded === 1 ? '' : 's'}`,
    units: {},
  },
  fr: {
    head: ['mesure', 'objectif', 'résultat', 'atteint'],
    yes: 'oui',
    no: 'non',
    none: 'pas enregistré',
    to: 'à',
    days: (recorded) => `mesuré sur ${recorded} jour${recorded === 1 ? '' : 's'}`,
    units: { 'calls/s per core': 'appels/s par cœur', 'calls/s': 'appels/s', bytes: 'octets', MB: 'Mo' },
  },
} satisfies Record<string, Words>;

export type Language = keyof typeof WORDS;

const SIGN = { least: '≥', most: '≤' } as const;

/** Every target with its measurements, as a Markdown table: the medians of the days, from the least to the most. */
export function aimsTable(recorded: Recorded, language: Language): string {
  const words: Words = WORDS[language];
  const lines = Object.entries(AIMS).map(([name, aim]) => {
    const rows = rowsFor(recorded, name as AimName);
    const reached = rows.every((row) => isReached(row, aim)) ? words.yes : words.no;
    const cells = rows.length > 0 ? [overDays(rows, language), reached] : [words.none, ''];
    return [aim[language], wanted(aim, language), ...cells];
  });
  return markdown(words.head, lines);
}

/** The four figures of the README: a call, the gate by itself, the database, and the first start. */
const HEADLINES: readonly AimName[] = ['by tRPC', 'admitted', 'claims', 'start on PGlite'];

/** What was measured of four targets, as a Markdown table; whether a target is reached is in the table of all targets. */
export function headlines(recorded: Recorded, language: Language): string {
  const words: Words = WORDS[language];
  const [what = '', , measured = ''] = words.head;
  const lines = HEADLINES.map((name) => {
    const rows = rowsFor(recorded, name);
    return [AIMS[name][language], rows.length > 0 ? overDays(rows, language) : words.none];
  });
  return markdown([what, measured], lines);
}

const rowsFor = (recorded: Recorded, name: AimName): readonly Row[] =>
  Object.values(recorded).flatMap((runs) =>
    runs.flatMap(({ rows }) => rows.filter((row) => row.aim === name)),
  );

/** @param rows the same one of each day */
function overDays(rows: readonly Row[], language: Language): string {
  const { to, days }: Words = WORDS[language];
  const medians = rows.map(({ median }) => median);
  const ends = [Math.min(...medians), Math.max(...medians)].map((value) => figure(value, language));
  const unit = unitIn((rows[0] as Row).unit, language);
  return `${[...new Set(ends)].join(` ${to} `)} ${unit} (${days(rows.length)})`;
}

/** Every row of every part as last measured, as Markdown: a title and a table for each, and the machines that they ran on. */
export function partsTable(recorded: Recorded): string {
  const parts = Object.entries(recorded).flatMap(([name, [part]]) => {
    if (!part) return [];
    const lines = part.rows.map((row) => [row.name, spread(row), row.aim ? wanted(AIMS[row.aim]) : '']);
    const table = markdown(['row', 'median (least to most)', 'target'], lines);
    return [`### \`${name}\`: ${part.title}\n\n${table}\n\n${where(part)}`];
  });
  return parts.join('\n\n');
}

/**
 * A part next to its last record. Each row is a multiple of its old value, corrected for the speed of both machines:
 * 1 means unchanged, whether more or less is better.
 */
export function comparison(part: Measured, recorded: Measured | undefined): string {
  const lines = part.rows.map((row) => {
    const before = recorded?.rows.find(({ name }) => name === row.name);
    return [
      row.name,
      spread(row),
      row.aim ? judgement(row) : '',
      before ? change(row, before, part, recorded) : '',
    ];
  });
  const head = ['row', 'median (least to most)', 'target', 'of the recorded'];
  return `${part.title}${disturbed(part.disturbance)}\n\n${markdown(head, lines)}`;
}

function change(row: Row, before: Row, part: Measured, recorded: Measured | undefined): string {
  const faster = part.machine.speed / (recorded?.machine.speed ?? part.machine.speed);
  return `${figure(row.median / before.median / faster ** UNITS[row.unit].speed)} ×`;
}

function judgement(row: Row): string {
  const aim = row.aim && AIMS[row.aim];
  return aim ? `${wanted(aim)} ${isReached(row, aim) ? 'reached' : 'missed'}` : '';
}

const wanted = ({ at, is, unit }: Aim, language: Language = 'en'): string =>
  `${SIGN[at]} ${new Intl.NumberFormat(language).format(is)} ${unitIn(unit, language)}`;

function spread({ unit, least, median, most }: Row, language: Language = 'en'): string {
  const [from, middle, to] = [least, median, most].map((value) => figure(value, language));
  const between = least === most ? '' : ` (${from} ${WORDS[language].to} ${to})`;
  return `${middle} ${unitIn(unit, language)}${between}`;
}

function unitIn(unit: Unit, language: Language): string {
  const { units }: Words = WORDS[language];
  return units[unit] ?? unit;
}

function where({ date, disturbance, machine: { cores, cpu, node, pinned, versions } }: Measured): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const said = pinned ? 'servers pinned to one core, the load to the others' : 'nothing pinned';
  return `${date.slice(0, 10)}, ${cores} cores of ${cpu}, Node ${node}, ${said}${disturbed(disturbance)}; ${names.join(', ')}.`;
}

function disturbed(disturbance: Disturbance | undefined): string {
  if (!disturbance) return '';
  const { thrownAway, keptAnyway } = disturbance;
  const kept = keptAnyway > 0 ? `, ${keptAnyway} kept that it disturbed` : '';
  return `, ${thrownAway} rounds thrown away for other load on the machine${kept}`;
}

function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---');
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
