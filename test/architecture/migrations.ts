/** What a statement of a migration does to instances of the version before, which go on serving alongside it. */
export type Verdict = 'fine' | 'long lock' | 'refused';

interface Form {
  readonly form: RegExp;
  /** @param old whether the table was there before this migration */
  readonly verdict: (old: boolean, statement: string) => Verdict;
}

/** Every form that a statement may have; `table` is the one that it is about. Anything else is refused. */
const FORMS: readonly Form[] = [
  { form: /^CREATE TABLE (?:IF NOT EXISTS )?"(?<table>\w+)" \(/, verdict: () => 'fine' },
  {
    // Reads the whole table, and blocks its writers in the meantime.
    form: /^CREATE INDEX "\w+" ON "(?<table>\w+)" /,
    verdict: (old) => (old ? 'long lock' : 'fine'),
  },
  {
    // The version before might write what it forbids.
    form: /^CREATE UNIQUE INDEX "\w+" ON "(?<table>\w+)" /,
    verdict: (old) => (old ? 'refused' : 'fine'),
  },
  {
    // The version before writes rows without it. A default that is no constant would have every row written.
    form: /^ALTER TABLE "(?<table>\w+)" ADD COLUMN (?:IF NOT EXISTS )?"\w+" [\w ()]+?(\[\])?(?<rest>| DEFAULT [^ ]+ NOT NULL| DEFAULT [^ ]+)$/,
    verdict: (old, statement) => {
      if (!old) return 'fine';
      const value = / DEFAULT (\S+)/.exec(statement)?.[1];
      if (value === undefined) return / NOT NULL| UNIQUE| PRIMARY KEY/.test(statement) ? 'refused' : 'fine';
      return /^('[^']*'(::\w+)?|-?\d+|true|false)$/.test(value) ? 'fine' : 'refused';
    },
  },
  {
    // The version before writes the same rows into it, and none twice. In one statement, so that the table is never without.
    form: /^ALTER TABLE "(?<table>\w+)" DROP CONSTRAINT "\w+_pk", ADD CONSTRAINT "\w+_pk" PRIMARY KEY\([^)]+\)$/,
    verdict: (_, statement) => (isReordered(statement) ? 'long lock' : 'refused'),
  },
  {
    // Reads the whole table, and blocks writers of both in the meantime.
    form: /^ALTER TABLE "(?<table>\w+)" ADD CONSTRAINT "\w+" FOREIGN KEY /,
    verdict: (old) => (old ? 'long lock' : 'fine'),
  },
];

/** The statements of a migration, each with what it does. */
export function classify(migration: string): { statement: string; verdict: Verdict }[] {
  const statements = migration
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');
  const made = new Set(
    statements.flatMap((text) => /^CREATE TABLE (?:IF NOT EXISTS )?"(\w+)"/.exec(text)?.[1] ?? []),
  );
  const keys = statements.flatMap(primaryKeyIn);
  return statements.map((statement) => ({
    statement,
    verdict: isReplacedBy(keys, statement) ? 'fine' : verdictOn(statement, made),
  }));
}

/** A primary key: its name and its columns, which drizzle makes the name of. */
interface PrimaryKey {
  readonly table: string;
  readonly columns: readonly string[];
}

function primaryKeyIn(statement: string): PrimaryKey[] {
  const [, table, list] = /^ALTER TABLE "(\w+)" .*\bPRIMARY KEY\(([^)]+)\)$/.exec(statement) ?? [];
  return table === undefined || list === undefined
    ? []
    : [{ table, columns: list.replaceAll('"', '').split(',') }];
}

/** Whether the new primary key has the columns of the old one, in another order. */
function isReordered(statement: string): boolean {
  const dropped = /DROP CONSTRAINT "(\w+)_pk"/.exec(statement)?.[1];
  const sorted = (name: string) => name.split('_').sort().join('_');
  return primaryKeyIn(statement).some(
    ({ table, columns }) =>
      dropped !== undefined && sorted(dropped) === sorted([table, ...columns].join('_')),
  );
}

/** Whether a dropped index is the beginning of a primary key of the same migration: what it found, that one finds. */
function isReplacedBy(keys: readonly PrimaryKey[], statement: string): boolean {
  const dropped = /^DROP INDEX "(\w+)"$/.exec(statement)?.[1];
  return keys.some(({ table, columns }) =>
    columns.some((_, last) => dropped === [table, ...columns.slice(0, last + 1)].join('_')),
  );
}

function verdictOn(statement: string, made: ReadonlySet<string>): Verdict {
  // One statement at a time, so that none hides behind another.
  if (/;\s*\S/.test(statement)) return 'refused';
  for (const { form, verdict } of FORMS) {
    const table = form.exec(statement)?.groups?.['table'];
    if (table !== undefined) return verdict(!made.has(table), statement);
  }
  return 'refused';
}
