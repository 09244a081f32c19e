import type { PgTable } from 'drizzle-orm/pg-core';
import { auditHeads, auditKeys, auditRecords } from '../../drizzle/schema/audit.ts';
import type { TestService } from './service.ts';

/** Tables that jobs read at any time, independent of calls. */
const READ_BY_CHORES: readonly PgTable[] = [auditHeads, auditKeys, auditRecords];

/** How many selects run while something runs; those of jobs do not count. */
export async function queriesOf({ running }: TestService, run: () => Promise<void>): Promise<number> {
  const { db } = running.service.stores.database;
  const select = db.select.bind(db);
  let asked = 0;
  const counting = (...fields: []) => {
    const builder = select(...fields);
    const from = builder.from.bind(builder);
    const countingFrom = (table: PgTable) => {
      if (!READ_BY_CHORES.includes(table)) asked++;
      return from(table);
    };
    return Object.assign(builder, { from: countingFrom });
  };
  Object.assign(db, { select: counting });
  try {
    await run();
    return asked;
  } finally {
    Object.assign(db, { select });
  }
}

/** How many statements the service sends while something runs, including those of its jobs. */
export async function statementsOf({ running }: TestService, run: () => Promise<void>): Promise<number> {
  const { db } = running.service.stores.database;
  const { select, execute, update } = db;
  let sent = 0;
  const counting = <F extends (...args: never[]) => unknown>(send: F) =>
    ((...args: Parameters<F>) => {
      sent++;
      return send.apply(db, args);
    }) as F;
  Object.assign(db, { select: counting(select), execute: counting(execute), update: counting(update) });
  try {
    await run();
    return sent;
  } finally {
    Object.assign(db, { select, execute, update });
  }
}
