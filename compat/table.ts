import type { Cell } from './cells.ts';

/** What a run of the matrix leaves behind. */
export interface Recorded {
  /** YYYY-MM-DD */
  readonly date: string;
  /** Names with versions, in the order of the table. */
  readonly proxies: readonly (readonly [name: string, version: string])[];
  readonly clients: readonly (readonly [name: string, version: string])[];
  readonly absent: readonly string[];
  readonly cells: readonly Cell[];
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const named = ([name, version]: readonly [string, string]): string => `${name} ${version}`.trim();

/** The matrix in Markdown: a line for each proxy, a column for each client, and below it what failed. */
export function matrixTable({ date, proxies, clients, absent, cells }: Recorded): string {
  const head = ['', ...clients.map(named)];
  const lines = proxies.map((proxy) =>
    lineOf([named(proxy), ...clients.map(([client]) => cellOf(cells, proxy[0], client))]),
  );
  const failures = failuresOf(cells).map((line) => `- ${line}`);
  return [
    [lineOf(head), lineOf(head.map(() => '---')), ...lines].join('\n'),
    ...(failures.length > 0 ? [failures.join('\n')] : []),
    `${date}.${absent.length > 0 ? ` Not installed: ${absent.join(', ')}.` : ''}`,
  ].join('\n\n');
}

function cellOf(cells: readonly Cell[], proxy: string, client: string): string {
  const own = cells.filter((cell) => cell.proxy === proxy && cell.client === client);
  const failed = own.filter(({ outcome }) => outcome !== 'ok').map(({ operation }) => operation);
  const count = `${own.length - failed.length} of ${own.length}`;
  return failed.length === 0 ? count : `**${count}** (not ${failed.join(', ')})`;
}

/** A line for each cell that failed. */
export const failuresOf = (cells: readonly Cell[]): string[] =>
  cells
    .filter(({ outcome }) => outcome !== 'ok')
    .map(
      ({ proxy, client, operation, outcome }) =>
        `${proxy}, ${client}, ${operation}: \`${outcome.replaceAll('`', '')}\``,
    );
