import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AIMS } from '../../bench/report/aims.ts';
import { PAGES, readRecorded, tableIn } from '../../bench/report/record.ts';
import { isReached, type Measured, type Row } from '../../bench/report/result.ts';
import { ratioOf, rowOf } from '../../bench/report/rows.ts';
import { aimsTable, comparison } from '../../bench/report/table.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the record', () => {
  it.each(Object.entries(PAGES))('is in %s as it was measured', (path, table) => {
    expect(tableIn(readFileSync(join(root, path), 'utf8'))).toBe(table(readRecorded()));
  });

  it('was not measured quickly', () => {
    const quick = Object.entries(readRecorded()).filter(([, part]) => part.quick);
    expect(quick.map(([name]) => name)).toEqual([]);
  });

  it('states for every row with an aim whether it is reached', () => {
    const rows = Object.values(readRecorded()).flatMap((part) => part.rows);
    expect(rows.map(({ reached }) => reached)).toEqual(
      rows.map((row) => (row.aim ? isReached(row, AIMS[row.aim]) : undefined)),
    );
  });
});

/** A part of these rows, on a machine of that speed. */
const partOf = (rows: readonly Row[], speed = 100_000): Measured => ({
  title: 'a part',
  rows,
  date: '2026-01-02T03:04:05.000Z',
  quick: false,
  machine: { cores: 2, cpu: 'a processor', speed, node: '20.20.0', pinned: true, versions: {} },
});

describe('a ratio', () => {
  it('is that of both medians, with the least and the most of any round', () => {
    expect(ratioOf('a', [10, 40, 20], [10, 10, 5])).toMatchObject({ least: 1, median: 2, most: 4 });
  });
});

describe('a row', () => {
  it.each([
    ['by tRPC', 4, true],
    ['by tRPC', 3.99, false],
    ['p99 of a claim', 20, true],
    ['p99 of a claim', 20.1, false],
  ] as const)('of the aim "%s" with %d is reached: %s', (aim, value, reached) => {
    expect(rowOf('a', AIMS[aim].unit, [value], aim).reached).toBe(reached);
  });
});

describe('the published table', () => {
  it('has a line for every aim, whether or not it was measured', () => {
    const lines = aimsTable({ echo: partOf([rowOf('a', '×', [3, 5, 4.5], 'by tRPC')]) }, 'en').split('\n');
    expect(lines).toHaveLength(2 + Object.keys(AIMS).length);
    expect(lines[2]).toContain('| ≥ 4 × | 4.50 × (3.00 to 5.00) | yes |');
    expect(lines[3]).toContain('| not recorded |  |');
  });
});

describe('the comparison with the last record', () => {
  const compared = (row: Row, before: Row, faster: number) =>
    comparison(partOf([row], 100_000 * faster), partOf([before]))
      .split('\n')
      .at(-1);

  it('corrects for a faster machine', () => {
    const row = (value: number) => rowOf('a', 'calls/s', [value]);
    expect(compared(row(2_000), row(1_000), 2)).toMatch(/\| 1\.00 × \|$/);
    const took = (value: number) => rowOf('a', 'ms', [value]);
    expect(compared(took(5), took(10), 2)).toMatch(/\| 1\.00 × \|$/);
  });

  it('leaves a ratio unchanged', () => {
    const row = (value: number) => rowOf('a', '×', [value]);
    expect(compared(row(3), row(2), 2)).toMatch(/\| 1\.50 × \|$/);
  });

  it('leaves out rows without a record', () => {
    expect(comparison(partOf([rowOf('a', '×', [1])]), undefined)).toMatch(/\| {2}\|$/);
  });
});
