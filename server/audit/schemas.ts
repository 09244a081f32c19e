import { z } from 'zod';
import { Cursor, Text } from '../lib/schemas.ts';

const Searched = Text.min(1).max(200);

export const AuditRecord = z
  .object({
    seq: z.int(),
    at: z.string(),
    actor: z
      .object({ kind: z.enum(['user', 'key', 'system']), id: z.string().nullable() })
      .describe('`id` is null for `system`: the command line, and the service itself.'),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    action: z.string(),
    subject: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    mac: z.string(),
  })
  .meta({ id: 'AuditRecord' });
export type AuditRecord = z.infer<typeof AuditRecord>;

export const ListAuditInput = z
  .strictObject({
    from: z.iso.datetime().optional().describe('ISO 8601, UTC: at or after this time.'),
    to: z.iso.datetime().optional().describe('Before this time.'),
    actorId: Searched.optional(),
    action: Searched.optional(),
    subject: Searched.optional(),
    limit: z.int().min(1).max(100).optional(),
    cursor: Cursor.optional(),
  })
  .optional();
export type ListAuditInput = z.infer<typeof ListAuditInput>;

export const ListAuditOutput = z.object({ items: z.array(AuditRecord), nextCursor: z.string().nullable() });

const Head = z.object({ seq: z.int(), mac: z.string() });

export const VerifyAuditInput = z
  .strictObject({
    /** A head from the log: the record of this number must still have this MAC. */
    known: z
      .strictObject({ seq: z.int().min(1), mac: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits') })
      .optional(),
    cursor: Cursor.optional().describe('`nextCursor` of the previous call.'),
  })
  .optional();
export type VerifyAuditInput = z.infer<typeof VerifyAuditInput>;

export const VerifyAuditOutput = z.union([
  z.object({ verified: z.literal(true), records: z.int(), head: Head.nullable() }),
  z.object({
    verified: z.literal(false),
    at: z.int().describe('The number of the record at which the first problem is.'),
    problem: z.enum(['changed', 'missing', 'inserted', 'cut']),
  }),
  /** Intact so far: there are more records than one call checks. */
  z.object({ verified: z.null(), records: z.int(), nextCursor: z.string() }),
]);
export type VerifyAuditOutput = z.infer<typeof VerifyAuditOutput>;
