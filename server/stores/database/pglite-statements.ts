import type { PgliteClient } from './pglite-client.ts';
import type { StatementsUnderWay } from './statement-timeout.ts';

/** PGlite as drizzle calls it. @param asking counts statements; a transaction counts as one */
export function countPgliteStatements(client: PgliteClient, asking: StatementsUnderWay): PgliteClient {
  return {
    query: (...statement) => asking.count(client.query(...statement)),
    transaction: (run) => asking.count(client.transaction(run)),
    close: () => client.close(),
  };
}
