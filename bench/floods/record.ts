import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import type { Machine } from '../report/machine.ts';
import { json, withTable, write } from '../report/record.ts';
import { DATABASES, type FloodRow } from './flood-row.ts';
import { FLOOD_NAMES } from './floods.ts';
import { RAMP_HEAD, type RampRow, rampLine } from './ramp.ts';
import { FLOOD_HEAD, floodLine } from './table.ts';

const FILE = 'bench/results/floods.json';
/** The same floods against version 0.1.0, which divided nothing among its callers. */
const FIRST = 'bench/results/floods-0.1.0.json';
export const PAGE = 'docs/operators/security.md';

/** When and where a measurement was made. */
interface Measured<Row> {
  readonly date: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** The last record, of floods and of the ramp. */
export interface RecordedFloods {
  readonly floods?: Measured<FloodRow>;
  readonly ramp?: Measured<RampRow>;
  readonly first?: readonly FloodRow[];
}

/** The tables of the page: the command in their marks, and the function that formats them. */
export const TABLES: Readonly<Record<string, (recorded: RecordedFloods) => string>> = {
  'npm run floods -- --record': ({ floods, first = [] }) =>
    tableOf(FLOOD_HEAD, (row) => floodLine(row, first.find(isSame(row))), floods),
  'npm run floods -- --ramp --record': ({ ramp }) => tableOf(RAMP_HEAD, rampLine, ramp),
};

/** Empty if there is no record. */
export function readFloods(): RecordedFloods {
  const { floods } = read(FIRST);
  return { ...read(FILE), ...(floods ? { first: floods.rows } : {}) };
}

function read(path: string): RecordedFloods {
  const file = join(PACKAGE_ROOT, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

const isSame = (a: FloodRow) => (b: FloodRow) => a.flood === b.flood && a.database === b.database;

/** Replaces the recorded rows of the same flood and database, and the table in the page. */
export function recordFloods(rows: readonly FloodRow[], machine: Machine): void {
  const recorded = readFloods();
  const kept = (recorded.floods?.rows ?? []).filter((row) => !rows.some(isSame(row)));
  const place = ({ flood, database }: FloodRow) =>
    FLOOD_NAMES.indexOf(flood) * DATABASES.length + DATABASES.indexOf(database);
  const all = [...kept, ...rows].sort((a, b) => place(a) - place(b));
  record({ ...recorded, floods: measured(all, machine) });
}

export function recordRamp(rows: readonly RampRow[], machine: Machine): void {
  record({ ...readFloods(), ramp: measured(rows, machine) });
}

const measured = <Row>(rows: readonly Row[], machine: Machine): Measured<Row> => ({
  date: new Date().toISOString(),
  machine,
  rows,
});

function record(recorded: RecordedFloods): void {
  let page = readFileSync(join(PACKAGE_ROOT, PAGE), 'utf8');
  // Build the page before writing anything, so that a failure leaves nothing half done.
  for (const [command, table] of Object.entries(TABLES)) page = withTable(page, command, table(recorded));
  const { first: _, ...ours } = recorded;
  write(FILE, json(ours));
  write(PAGE, page);
}

function tableOf<Row>(
  head: string,
  lineOf: (row: Row) => string,
  measured: Measured<Row> | undefined,
): string {
  if (!measured) return 'Nothing has been recorded yet.';
  const { cores, cpu, node } = measured.machine;
  const where = `${measured.date.slice(0, 10)}, ${cores} cores of ${cpu}, Node ${node}.`;
  return `${[head, ...measured.rows.map(lineOf)].join('\n')}\n\n${where}`;
}
