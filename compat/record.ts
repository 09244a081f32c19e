import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, withTable, write } from '../bench/report/record.ts';
import { PACKAGE_ROOT } from '../server/lib/package-root.ts';
import { type Cell, tlsNameOf } from './cells.ts';
import { CLIENTS } from './clients.ts';
import { DIRECT, type Scene } from './matrix.ts';
import { PROXIES } from './proxies.ts';
import { matrixTable, type Recorded } from './table.ts';

const FILE = 'compat/recorded.json';
export const PAGE = 'docs/compatibility.md';
/** The command in the marks of the page. */
export const COMMAND = 'npm run compat -- --record';

/** The last record. @throws if there is none */
export const readCompat = (): Recorded => JSON.parse(readFileSync(join(PACKAGE_ROOT, FILE), 'utf8'));

export function recordedOf({ ways, clients, absent }: Scene, cells: readonly Cell[]): Recorded {
  return {
    date: new Date().toISOString().slice(0, 10),
    proxies: ways.map(({ name, version }) => ({ name, version })),
    clients: clients.map(({ client, version }) => ({ name: client.name, version })),
    absent: absent.join(', '),
    // In the order of the table, so that two records differ only in what changed.
    cells: ways.flatMap(({ name }) =>
      clients.flatMap(({ client }) =>
        cells.filter((one) => one.proxy === name && one.client === client.name),
      ),
    ),
  };
}

/** A run of a part of the matrix, with what the last record has of the rest. */
export function withRest(run: Recorded, last: Recorded): Recorded {
  const names = PROXIES.map(({ name }) => name);
  const proxies = inOrder([DIRECT, ...names, ...names.map(tlsNameOf)], run.proxies, last.proxies);
  const clients = inOrder(
    CLIENTS.map(({ name }) => name),
    run.clients,
    last.clients,
  );
  const cellsOf = ({ cells }: Recorded, proxy: string, client: string) =>
    cells.filter((cell) => cell.proxy === proxy && cell.client === client);
  const cells = proxies.flatMap((proxy) =>
    clients.flatMap((client) => {
      const own = cellsOf(run, proxy.name, client.name);
      return own.length > 0 ? own : cellsOf(last, proxy.name, client.name);
    }),
  );
  const known = new Set([...proxies, ...clients].map(({ name }) => name));
  const absent = [...PROXIES, ...CLIENTS].filter(({ name }) => !known.has(name));
  return { date: run.date, proxies, clients, absent: absent.map(({ name }) => name).join(', '), cells };
}

const inOrder = (
  names: readonly string[],
  run: Recorded['proxies'],
  last: Recorded['proxies'],
): Recorded['proxies'] => names.flatMap((name) => [...run, ...last].find((one) => one.name === name) ?? []);

/** Saves a run, and writes its table into the page. */
export function recordCompat(recorded: Recorded): void {
  const page = readFileSync(join(PACKAGE_ROOT, PAGE), 'utf8');
  const text = withTable(page, COMMAND, matrixTable(recorded));
  write(FILE, json(recorded));
  write(PAGE, text);
}
