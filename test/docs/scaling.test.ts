import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}/docs/scaling.md`, 'utf8');
const said = execFileSync(process.execPath, ['--import', 'tsx', 'bench/simulation/main.ts'], {
  cwd: root,
  encoding: 'utf8',
});

/** What the simulation says behind a name, as numbers. */
function simulated(name: string): number[] {
  const line = said.split('\n').find((one) => one.startsWith(name) && /^\s/.test(one.slice(name.length)));
  return (line?.slice(name.length).match(/[\d.]+/g) ?? []).map(Number);
}

/** The cells of a table's rows, as numbers where they are some; the table is known by the first words of its head. */
function rowsOf(head: string): string[][] {
  const lines = page.slice(page.indexOf(`| ${head}`)).split('\n');
  const rows = lines.slice(
    2,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((row) => (row.match(/(?<=\| )[^|]*(?= \|)/g) ?? []).map((cell) => cell.trim()));
}

const numbers = (cell = '') => (cell.replaceAll(',', ' ').match(/[\d.]+/g) ?? []).map(Number);
const whole = (cell = '') => Number(cell.replaceAll(',', ''));

describe('docs/scaling.md has the numbers of the simulation', () => {
  it('of two instances', () => {
    const rows = rowsOf('instances | cores of Postgres');
    expect(rows.length).toBeGreaterThan(3);
    for (const [instances, cores, atOnce, ...cells] of rows) {
      const [, , ...known] = simulated(`${instances} instances, ${cores} cores, ${atOnce} at once`);
      expect(cells.flatMap(numbers)).toEqual(known);
    }
  });

  it('next to what was measured', () => {
    const rows = rowsOf('waiting | measured');
    expect(rows.length).toBeGreaterThan(3);
    for (const [waiting = '', measured, stated, error] of rows) {
      const [perSecond = 0] = simulated(`${whole(waiting)} in flight`);
      expect(whole(stated)).toBe(perSecond);
      expect(numbers(error)).toEqual([Math.round(Math.abs(perSecond / whole(measured) - 1) * 100)]);
    }
  });

  it('of a mesh of services', () => {
    const rows = rowsOf('shards | p50, p99');
    expect(rows.length).toBeGreaterThan(3);
    for (const [shards = '', ...cells] of rows) {
      const known = [3, 1].map((atOnce) =>
        simulated(`${numbers(shards)[0]} shards, ${atOnce} at once`).slice(2, 4),
      );
      expect(cells.map(numbers)).toEqual(known);
    }
  });

  it('of the hottest shard', () => {
    const rows = rowsOf('s | callers');
    expect(rows.length).toBeGreaterThan(3);
    for (const [s = '', callers = '', first = '', ...cells] of rows) {
      const known = simulated(`${s.padEnd(4)} ${String(whole(callers)).padStart(7)}`);
      expect([...cells.map(Number), ...numbers(first)]).toEqual(known);
    }
  });
});
