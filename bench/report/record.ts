import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import type { Result } from './result.ts';
import { aimsTable, partsTable } from './table.ts';

const LATEST = 'bench/results/latest.json';
const RECORDED = 'bench/results/recorded.json';

/** Pages that contain a table between two marks, and the function that formats it. */
export const PAGES: Readonly<Record<string, (result: Result) => string>> = {
  'README.md': (result) => aimsTable(result, 'en'),
  'README.fr.md': (result) => aimsTable(result, 'fr'),
  'bench/README.md': partsTable,
};

/** The text between the marks of a command. @param command that records it */
const blockOf = (command: string) =>
  new RegExp(`(<!-- measured: ${command} -->\\n)[\\s\\S]*?(<!-- /measured -->)`);
const COMMAND = 'npm run bench -- --record';

/** The last record; empty if there is none. */
export function readRecorded(): Result {
  const file = join(PACKAGE_ROOT, RECORDED);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Saves the results so far, in a file that is not committed. */
export function keepLatest(result: Result): void {
  write(LATEST, json(result));
}

/** Replaces the recorded parts, and writes the new tables into the pages. */
export function record(result: Result): void {
  const all = { ...readRecorded(), ...result };
  // Build all pages before writing the first, so that a failure leaves nothing half done.
  const pages = Object.entries(PAGES).map(
    ([path, table]) => [path, withTable(read(path), COMMAND, table(all))] as const,
  );
  write(RECORDED, json(all));
  for (const [path, text] of pages) write(path, text);
}

const read = (path: string): string => readFileSync(join(PACKAGE_ROOT, path), 'utf8');

/** The text of a page with another table. @param command in its marks @throws if it has no marks */
export function withTable(text: string, command: string, table: string): string {
  const block = blockOf(command);
  if (!block.test(text)) throw new Error(`A page has no place for the table of ${command}.`);
  return text.replace(block, (_, begin, end) => `${begin}\n${table}\n\n${end}`);
}

/** The table in a page. @param command in its marks */
export function tableIn(page: string, command = COMMAND): string | undefined {
  return blockOf(command).exec(page)?.[0].split('\n').slice(2, -2).join('\n');
}

export const json = (result: object): string => `${JSON.stringify(result, null, 2)}\n`;

/** Writes a file atomically. */
export function write(path: string, text: string): void {
  const file = join(PACKAGE_ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
