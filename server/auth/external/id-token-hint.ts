import { z } from 'zod';

/** Characters of an ID token that a session keeps: it becomes part of a URL. A longer one is not kept. */
export const MAX_HINT = 4096;

/** The ID token of a session, encrypted in its row. @param session its id */
export const idTokenOf = (session: string) => ({
  place: { table: 'sessions', column: 'id_token', row: session },
  schema: z.string(),
  maxLength: 2 * MAX_HINT,
});
