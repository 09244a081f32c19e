/** What a statement of a migration does to instances of the version before, which go on serving beside it. */
export type Verdict = 'fine' | 'long lock' | 'refused';

interface Form {
  readonly form: RegExp;
  /** @param old whether the table was there before this migration */
  readonly verdict: (old: boolean, statement: string) => Verdict;
}

/** Every form that a statement may have; `table` is the one that it is about. Anything else is refused. */
const FORMS: readonly Form[] = [
  { form: /^CREATE TABLE "(?<table>\w+)" \(/, verdict: () => 'fine' },
  {
    // Reads the whole table, and blocks its writers meanwhile.
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
    form: /^ALTER TABLE "(?<table>\w+)" ADD COLUMN "\w+" [\w ()]+?(\[\])?(?<rest>| DEFAULT [^ ]+ NOT NULL| DEFAULT [^ ]+)$/,
    verdict: (old, statement) => {
      if (!old) return 'fine';
      const value = / DEFAULT (\S+)/.exec(statement)?.[1];
      if (value === undefined) return / NOT NULL| UNIQUE| PRIMARY KEY/.test(statement) ? 'refused' : 'fine';
      return /^('[^']*'(::\w+)?|-?\d+|true|false)$/.test(value) ? 'fine' : 'refused';
    },
  },
  {
    // Reads the whole table, and blocks writers of both meanwhile.
    form: /^ALTER TABLE "(?<table>\w+)" ADD CONSTRAINT "\w+" FOREIGN KEY /,
    verdict: (old) => (old ? 'long lock' : 'fine'),
  },
];

/** The statements of a migration, each with what it does. */
export function judge(migration: string): { statement: string; verdict: Verdict }[] {
  const statements = migration
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');
  const made = new Set(statements.flatMap((text) => /^CREATE TABLE "(\w+)"/.exec(text)?.[1] ?? []));
  return statements.map((statement) => ({ statement, verdict: verdictOn(statement, made) }));
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
