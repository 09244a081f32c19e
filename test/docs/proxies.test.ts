import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableIn } from '../../bench/report/record.ts';
import { configurationOf, PROXIES } from '../../compat/proxies.ts';
import { COMMAND, PAGE, readCompat } from '../../compat/record.ts';
import { failuresOf, matrixTable } from '../../compat/table.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('docs/operators/proxies.md', () => {
  const blocks = [...read('docs/operators/proxies.md').matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(
    ([, text]) => text,
  );

  const programs = PROXIES.flatMap((proxy) => [proxy, ...(proxy.tls ? [proxy.tls] : [])]);
  it.each(programs.map((program) => [program.name, program] as const))(
    '%s: shows the tested configuration',
    (_, program) => {
      expect(blocks).toContain(configurationOf(program));
    },
  );

  it('shows no untested configuration', () => {
    expect(blocks).toHaveLength(readdirSync(join(root, 'compat/proxies')).length);
  });
});

describe(PAGE, () => {
  it('shows the last record, in which every operation passed', () => {
    const recorded = readCompat();
    expect(tableIn(read(PAGE), COMMAND)).toBe(matrixTable(recorded));
    expect(failuresOf(recorded.cells)).toEqual([]);
  });
});
