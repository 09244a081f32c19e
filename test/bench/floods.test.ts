import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FloodRow, holds } from '../../bench/floods/flood-row.ts';
import { PAGE, readFloods, TABLES } from '../../bench/floods/record.ts';
import { floodLine } from '../../bench/floods/table.ts';
import { tableIn } from '../../bench/report/record.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', PAGE), 'utf8');

describe('the published record of floods', () => {
  it.each(Object.entries(TABLES))('is on the page as it was measured (%s)', (command, table) => {
    expect(tableIn(page, command)).toBe(table(readFloods()));
  });
});

const row: FloodRow = {
  flood: 'sign-in',
  database: 'postgres',
  kept: 0.9,
  quiet: { p50: 1, p99: 5 },
  under: { p50: 2, p99: 15 },
  disturbed: false,
  refused: {},
  signIns: { due: 5, taken: 5 },
  sent: 1_200,
  perSecond: 400,
  outcomes: { '429': 1_100, '503': 100 },
  cpu: 0.5,
};

describe('a flood', () => {
  it.each<[string, Partial<FloodRow>, boolean]>([
    ['at both aims', {}, true],
    ['that takes more than a tenth of the calls', { kept: 0.89 }, false],
    ['that makes the slowest wait more than three times as long', { under: { p50: 2, p99: 15.1 } }, false],
  ])('%s passes: %s', (_, more, expected) => {
    expect(holds({ ...row, ...more })).toBe(expected);
  });

  it('has a row in the table', () => {
    expect(floodLine(row)).toContain(
      '| postgres | 90 % | 1.00 → 2.00 ms | 5.00 → 15.0 ms | 3.00 × | none | 5 of 5 | 1,200 (400/s) | 1100 × 429, 100 × 503 | 50 % | yes |  |',
    );
  });

  it('neither passes nor fails if the machine was busy before it', () => {
    expect(floodLine({ ...row, disturbed: true })).toContain('| the machine was busy |');
  });
});
