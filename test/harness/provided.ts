/** What the run provides to every test file: `inject(name)`. */
declare module 'vitest' {
  interface ProvidedContext {
    /** In `test/service`: the database that this run of the file is for. */
    database: 'pglite' | 'postgres';
    /** The server that `freshPostgres` makes its databases on, or null where it could not start. */
    postgresUrl: string | null;
    /** The service's data directory with a migrated, empty PGlite in it. */
    pgliteTemplate: string;
  }
  interface TaskMeta {
    /** Why a test does not run here; the reporter prints it. */
    skipReason?: string;
  }
}

/** With `KEYSEAL_TEST_REQUIRE=all`, a tool that is absent is a failure and no reason to skip. */
export const EVERYTHING_REQUIRED = process.env['KEYSEAL_TEST_REQUIRE'] === 'all';

/** Why the tests of Postgres do not run where `postgresUrl` is null. */
export const POSTGRES_ABSENT = 'the embedded Postgres did not start';

/** A migrated, empty database on `postgresUrl`. */
export const POSTGRES_TEMPLATE = 'keyseal_template';
