import type { TestService } from './service.ts';

/** How often the database is asked for rows while something runs. */
export async function queriesOf({ running }: TestService, run: () => Promise<void>): Promise<number> {
  const { db } = running.service.stores.database;
  const select = db.select.bind(db);
  let asked = 0;
  const counting = (...fields: []) => {
    asked++;
    return select(...fields);
  };
  Object.assign(db, { select: counting });
  try {
    await run();
    return asked;
  } finally {
    Object.assign(db, { select });
  }
}
