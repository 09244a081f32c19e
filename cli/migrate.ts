import type { Command } from 'commander';
import { readConfig } from '../server/lib/config.ts';
import { schemaOf } from '../server/stores/database/migrations.ts';
import { openDatabase } from '../server/stores/database/open-database.ts';
import { type JsonOption, printResult, withJson } from './output/print-result.ts';
import { withProgress } from './output/progress.ts';
import { endOnSignal } from './stop-on-signal.ts';

export function addMigrate(program: Command): void {
  withJson(program.command('migrate'))
    .description('Bring the schema of the database up to date, and list the migrations that were applied')
    .action(migrate);
}

async function migrate(options: JsonOption): Promise<void> {
  const config = readConfig(process.env);
  const keepOn = endOnSignal();
  const warn = (details: object, sentence: string) =>
    void process.stderr.write(`keyseal: ${sentence} ${JSON.stringify(details)}\n`);
  const database = await withProgress((update) => openDatabase(config, 'migrate', update, warn));
  try {
    const schema = (await schemaOf(database.query)).applied.at(-1) ?? null;
    const { kind, migrated } = database;
    const text =
      migrated.length === 0
        ? `The schema is up to date (${schema}).`
        : `${migrated.map((name) => `Applied ${name}.`).join('\n')}\nThe schema is up to date (${schema}).`;
    printResult(options, { database: kind, applied: migrated, schema }, text);
  } finally {
    await database.close();
    keepOn();
  }
}
