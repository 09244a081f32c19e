import { megabytes } from '../report/stats.ts';
import { figure } from '../report/units.ts';
import { type FloodRow, holds, longer } from './flood-row.ts';
import { floodOf } from './floods.ts';
import type { Outcomes } from './outcomes.ts';

const HEAD = [
  'flood',
  'database',
  'rate kept',
  'p50, quiet → flood',
  'p99, quiet → flood',
  'p99 ratio',
  'honest refused',
  'sign-ins',
  'flood sent',
  'flood answered',
  'CPU',
  'holds',
  'in 0.1.0',
] as const;

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The first two lines of the table, in Markdown. */
export const FLOOD_HEAD = `${lineOf(HEAD)}\n${lineOf(HEAD.map(() => '---'))}`;

/** A line of the table. @param first the same flood against version 0.1.0 */
export const floodLine = (row: FloodRow, first?: FloodRow): string => lineOf(cellsOf(row, first));

function cellsOf(row: FloodRow, first: FloodRow | undefined): string[] {
  const { quiet, under, signIns } = row;
  const memory = row.grown === undefined ? '' : `; memory +${figure(megabytes(row.grown))} MiB`;
  return [
    `\`${row.flood}\`: ${floodOf(row.flood).title}`,
    row.database,
    percent(row.kept),
    `${figure(quiet.p50)} → ${figure(under.p50)} ms`,
    `${figure(quiet.p99)} → ${figure(under.p99)} ms`,
    `${figure(longer(row))} ×`,
    listed(row.refused),
    signIns.due === 0 ? '' : `${signIns.taken} of ${signIns.due}`,
    `${figure(row.sent)} (${figure(row.perSecond)}/s)`,
    listed(row.outcomes),
    `${percent(row.cpu)}${memory}`,
    verdictOn(row),
    first ? `${percent(first.kept)}, ${figure(longer(first))} ×` : '',
  ];
}

function verdictOn(row: FloodRow): string {
  if (row.disturbed) return 'the machine was busy';
  return holds(row) ? 'yes' : '**no**';
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const listed = (outcomes: Outcomes): string =>
  Object.entries(outcomes)
    .map(([outcome, count]) => `${count} × ${outcome}`)
    .join(', ') || 'none';
