import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

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
    /**
     * Its sign-in rule: how the sessions that act in it must have signed in. A change raises the `rev` of every membership, so that
     * the nonce claim need not read this table.
     */
    signInSecondFactor: boolean('sign_in_second_factor').notNull().default(false),
    /** The name of an issuer in `KEYSEAL_ISSUERS`; null for any sign-in. */
    signInIssuer: text('sign_in_issuer'),
    /** From then on it has no members, and its keys are revoked. */
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('workspaces_without_sponsor')
      .on(table.id)
      .where(sql`${table.sponsorId} is null and ${table.deletedAt} is null`),
  ],
);
