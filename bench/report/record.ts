import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { DAYS, type Measured, type Recorded, type Result } from './result.ts';
import { aimsTable, headlines, partsTable } from './table.ts';

const LATEST = 'bench/results/latest.json';
const RECORDED = 'bench/results/recorded.json';

/** Pages that contain a table between two marks, and the function that formats it. */
export const PAGES: Readonly<Record<string, (recorded: Recorded) => string>> = {
  'README.md': (recorded) => headlines(recorded, 'en'),
  'README.fr.md': (recorded) => headlines(recorded, 'fr'),
  'docs/performance.md': (recorded) => aimsTable(recorded, 'en'),
  'bench/README.md': partsTable,
};

/** The text between the marks of a command. @param command that records it */
const blockOf = (command: string) =>
  new RegExp(`(<!-- measured: ${command} -->\\n)[\\s\\S]*?(<!-- /measured -->)`);
const COMMAND = 'npm run bench -- --record';

/** The records of the last days; empty if there are none. */
export function readRecorded(): Recorded {
  const file = join(PACKAGE_ROOT, RECORDED);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Saves the results so far, in a file that is not committed. */
export function keepLatest(result: Result): void {
  write(LATEST, json(result));
}

/**
 * Records the parts, each in the place of one of the same day, and writes the new tables into the pages.
 * @param dropEarlier whether earlier days are dropped, because what they measured has changed
 */
export function record(result: Result, dropEarlier: boolean): void {
  const all = withRun(dropEarlier ? {} : readRecorded(), result);
  // Build all pages before writing the first, so that a failure leaves nothing half done.
  const pages = Object.entries(PAGES).map(
    ([path, table]) => [path, withTable(read(path), COMMAND, table(all))] as const,
  );
  write(RECORDED, json(all));
  for (const [path, text] of pages) write(path, text);
}

/** What is recorded after another run. */
export function withRun(recorded: Recorded, result: Result): Recorded {
  const days = (name: string, run: Measured) =>
    [run, ...(recorded[name] ?? []).filter((one) => dayOf(one) !== dayOf(run))].slice(0, DAYS);
  const parts = Object.entries(result).map(([name, run]) => [name, days(name, run)] as const);
  return { ...recorded, ...Object.fromEntries(parts) };
}

const dayOf = ({ date }: Measured): string => date.slice(0, 10);

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
