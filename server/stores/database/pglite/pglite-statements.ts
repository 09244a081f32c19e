import type { StatementsInFlight } from '../statement-timeout.ts';
import type { PgliteClient } from './pglite-client.ts';

/** PGlite as drizzle calls it. @param statements counts statements; a transaction counts as one */
export function countPgliteStatements(client: PgliteClient, statements: StatementsInFlight): PgliteClient {
  return {
    query: (...statement) => statements.count(client.query(...statement)),
    transaction: (run) => statements.count(client.transaction(run)),
    close: () => client.close(),
  };
}
