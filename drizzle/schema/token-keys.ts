import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** The Ed25519 keys that sign user tokens: published from the first moment, signing from `signsFrom`. */
export const tokenKeys = pgTable('token_keys', {
  kid: text('kid').primaryKey(),
  /** The public key, base64url, as `x` of a JWK (RFC 8037). */
  publicX: text('public_x').notNull(),
  privateSealed: text('private_sealed').notNull(),
  sealVersion: integer('seal_version').notNull(),
  signsFrom: moment('signs_from').notNull(),
  /** From then on no token that it signed is valid. */
  retiresAt: moment('retires_at'),
  createdAt: moment('created_at').notNull().defaultNow(),
});
