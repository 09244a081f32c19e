import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AIMS } from '../../bench/report/aims.ts';
import { PAGES, readRecorded, tableIn, withRun } from '../../bench/report/record.ts';
import { isReached, type Measured, missedIn, type Recorded, type Row } from '../../bench/report/result.ts';
import { ratioOf, rowOf } from '../../bench/report/rows.ts';
import { aimsTable, comparison, headlines } from '../../bench/report/table.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the record of the benchmarks', () => {
  it.each(Object.entries(PAGES))('is published in %s as it was measured', (path, table) => {
    expect(tableIn(readFileSync(join(root, path), 'utf8'))).toBe(table(readRecorded()));
  });

  it('does not come from a quick run', () => {
    const quick = Object.entries(readRecorded()).filter(([, days]) => days.some((part) => part.quick));
    expect(quick.map(([name]) => name)).toEqual([]);
  });

  it('states for every row with an aim whether it is reached', () => {
    const rows = Object.values(readRecorded()).flatMap((days) => days.flatMap(({ rows }) => rows));
    expect(rows.map(({ reached }) => reached)).toEqual(
      rows.map((row) => (row.aim ? isReached(row, AIMS[row.aim]) : undefined)),
    );
  });
});

/** A part of these rows, on a machine of that speed. */
const partOf = (rows: readonly Row[], speed = 100_000, day = '02'): Measured => ({
  title: 'a part',
  rows,
  date: `2026-01-${day}T03:04:05.000Z`,
  quick: false,
  machine: { cores: 2, cpu: 'a processor', speed, node: '20.20.0', pinned: true, versions: {} },
});

describe('a run of the benchmarks', () => {
  it('lists the rows that miss their aim, and none without an aim', () => {
    const one = { name: 'one', unit: '×', least: 1, median: 1, most: 1 } as const;
    const [reached, missed] = [{ ...one, aim: 'by bare' } as const, { ...one, aim: 'by tRPC' } as const];
    expect(missedIn({ echo: partOf([one, reached, missed]) })).toEqual([missed]);
  });
});

describe('a ratio', () => {
  it('divides the medians, with the minimum and maximum of any round', () => {
    expect(ratioOf('a', [10, 40, 20], [10, 10, 5])).toMatchObject({ least: 1, median: 2, most: 4 });
  });
});

describe('a row', () => {
  it.each([
    ['by tRPC', 6, true],
    ['by tRPC', 5.99, false],
    ['p99 of a claim', 20, true],
    ['p99 of a claim', 20.1, false],
  ] as const)('with the aim "%s" and %d: reached is %s', (aim, value, reached) => {
    expect(rowOf('a', AIMS[aim].unit, [value], aim).reached).toBe(reached);
  });
});

const echoOn = (day: string, ratio: number) =>
  partOf([rowOf('a', '×', [ratio - 1, ratio, ratio + 1], 'by tRPC')], 100_000, day);

describe('the published table', () => {
  it('has a row for every aim, whether or not it was measured', () => {
    const lines = aimsTable({ echo: [echoOn('02', 6.5)] }, 'en').split('\n');
    expect(lines).toHaveLength(2 + Object.keys(AIMS).length);
    expect(lines[2]).toContain('| ≥ 6 × | 6.50 × (measured on 1 day) | yes |');
    expect(lines[3]).toContain('| not recorded |  |');
  });

  it('shows the range of several days, which reaches an aim if every day does', () => {
    const of = (...ratios: number[]) => ({ echo: ratios.map((ratio, i) => echoOn(`0${9 - i}`, ratio)) });
    expect(aimsTable(of(7, 6.2, 6.5), 'en')).toContain('| 6.20 to 7.00 × (measured on 3 days) | yes |');
    expect(aimsTable(of(7, 5.9), 'fr')).toContain('| 5,90 à 7,00 × (mesuré sur 2 jours) | non |');
  });
});

describe('the figures of the README', () => {
  it('are four, as they were measured, without an aim', () => {
    const lines = headlines({ echo: [echoOn('02', 6.5)] }, 'en').split('\n');
    expect(lines).toHaveLength(2 + 4);
    expect(lines[0]).toBe('| what | measured |');
    expect(lines[2]).toBe(`| ${AIMS['by tRPC'].en} | 6.50 × (measured on 1 day) |`);
    expect(lines[3]).toBe(`| ${AIMS.admitted.en} | not recorded |`);
    expect(headlines({}, 'fr')).toContain('| mesure | résultat |');
  });
});

describe('a further run', () => {
  it('replaces the run of the same day, and drops the oldest', () => {
    const days = (recorded: Recorded) =>
      recorded['echo']?.map(({ date, rows }) => [date.slice(8, 10), rows[0]?.median]);
    let recorded: Recorded = {};
    const runs = [
      ['02', 1],
      ['03', 2],
      ['03', 3],
      ['04', 4],
    ] as const;
    for (const [day, ratio] of runs) recorded = withRun(recorded, { echo: echoOn(day, ratio) });
    expect(days(recorded)).toEqual([
      ['04', 4],
      ['03', 3],
      ['02', 1],
    ]);
    expect(days(withRun(recorded, { echo: echoOn('05', 5) }))).toEqual([
      ['05', 5],
      ['04', 4],
      ['03', 3],
    ]);
  });

  it('leaves the other parts unchanged', () => {
    const other = { verify: [echoOn('02', 1)] };
    expect(withRun(other, { echo: echoOn('03', 2) })).toEqual({ ...other, echo: [echoOn('03', 2)] });
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

  it('omits rows without a record', () => {
    expect(comparison(partOf([rowOf('a', '×', [1])]), undefined)).toMatch(/\| {2}\|$/);
  });
});
