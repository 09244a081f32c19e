import { type SQL, sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';

/** A key in the order in which the keys of a workspace were created. */
export interface KeyPosition {
  /** As Postgres writes it: to the microsecond. */
  readonly createdAt: string;
  readonly id: string;
}

/** The condition for the keys after a position. */
export const isAfterKey = ({ createdAt, id }: KeyPosition): SQL =>
  sql`(${keys.createdAt}, ${keys.id}) > (${createdAt}::text::timestamptz, ${id}::text)`;
