import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/package-root.ts';
import type { Machine } from '../machine.ts';
import { json, withTable, write } from '../record.ts';
import { FLOOD_NAMES } from './floods.ts';
import { DATABASES, type FloodRow } from './row.ts';
import { FLOOD_HEAD, floodLine } from './table.ts';

const FILE = 'bench/results/floods.json';
export const PAGE = 'docs/operators/security.md';
export const COMMAND = 'npm run floods -- --record';

/** What was recorded last, and on which machine the latest of it was measured. */
export interface RecordedFloods {
  readonly date: string;
  readonly machine: Machine;
  readonly rows: readonly FloodRow[];
}

/** Null where nothing was recorded. */
export function readFloods(): RecordedFloods | null {
  const file = join(PACKAGE_ROOT, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Puts rows in the place of those that were recorded, and the new table into the page. */
export function recordFloods(rows: readonly FloodRow[], machine: Machine): void {
  const same = (a: FloodRow) => (b: FloodRow) => a.flood === b.flood && a.database === b.database;
  const kept = (readFloods()?.rows ?? []).filter((row) => !rows.some(same(row)));
  const place = ({ flood, database }: FloodRow) =>
    FLOOD_NAMES.indexOf(flood) * DATABASES.length + DATABASES.indexOf(database);
  const all = [...kept, ...rows].sort((a, b) => place(a) - place(b));
  const recorded: RecordedFloods = { date: new Date().toISOString(), machine, rows: all };
  // The page is made before anything is written: nothing is left half done.
  const page = withTable(PAGE, COMMAND, publishedTable(recorded));
  write(FILE, json(recorded));
  write(PAGE, page);
}

/** What stands in the page. */
export function publishedTable({ date, machine: { cores, cpu, node }, rows }: RecordedFloods): string {
  const lines = [FLOOD_HEAD, ...rows.map(floodLine)];
  return `${lines.join('\n')}\n\n${date.slice(0, 10)}, ${cores} cores of ${cpu}, Node ${node}.`;
}
