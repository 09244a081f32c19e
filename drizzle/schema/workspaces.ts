import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, text } from 'drizzle-orm/pg-core';
import { moment, rev } from './columns.ts';

export const workspaces = pgTable(
  'workspaces',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /**
     * The person whose share of the capacity the workspace uses: its creator, or an owner who agreed to it later. Null if
     * an older version created it and no job has filled it in yet; `unsponsored` if nobody sponsors it: all of these use one
     * share. No foreign key: an insert would lock the person's row before `lockUser` does, and deadlock with the deletion of the account.
     */
    sponsorId: text('sponsor_id'),
    /** Its sign-in rule: how the sessions that act in it must have signed in. */
    signInSecondFactor: boolean('sign_in_second_factor').notNull().default(false),
    /** The name of an issuer in `KEYSEAL_ISSUERS`; null for any sign-in. */
    signInIssuer: text('sign_in_issuer'),
    /** From then on none of its keys and members is admitted, whatever their own rows say. */
    deletedAt: moment('deleted_at'),
    /** When its keys were revoked and its members removed, a part at a time; null until the last one was. */
    emptiedAt: moment('emptied_at'),
    /** Part of the sum of everyone who acts in it: one change ends or changes what all of them may do. */
    rev: rev(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('workspaces_without_sponsor')
      .on(table.id)
      .where(sql`${table.sponsorId} is null and ${table.deletedAt} is null`),
    // Deleted workspaces stay, and all but the last of them are empty.
    index('workspaces_to_empty').on(table.id).where(sql`deleted_at is not null and emptied_at is null`),
  ],
);
