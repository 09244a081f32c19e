import { z } from 'zod';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { Cursor, Id, Text } from '../lib/schemas.ts';

const Searched = Text.min(1).max(300);

export const ListRequestsInput = z
  .strictObject({
    from: z.iso.datetime().optional().describe('ISO 8601, UTC: at or after this time.'),
    to: z.iso.datetime().optional().describe('Before this time.'),
    requestId: Searched.optional(),
    keyId: Id.optional(),
    procedure: Searched.optional(),
    environment: z.enum(ENVIRONMENTS).optional(),
    outcome: Searched.optional().describe('`accepted`, `refused`, or one reason.'),
    limit: z.int().min(1).max(100).optional(),
    cursor: Cursor.optional(),
  })
  .optional();
export type ListRequestsInput = z.infer<typeof ListRequestsInput>;

const LoggedRequest = z
  .object({
    at: z.string(),
    requestId: z.string().describe('The same for all calls of a batch.'),
    key: z
      .object({ id: z.string(), name: z.string().nullable() })
      .describe('`name` is null if it was deleted.'),
    procedure: z.string(),
    outcome: z.string().describe('`OK`, or the reason of the refusal.'),
    status: z.int().describe('The HTTP status of this call.'),
    durationMs: z.number(),
    environment: z.enum(ENVIRONMENTS),
    address: z.string().nullable(),
    represents: z
      .int()
      .describe(
        'How many calls this item stands for: more than 1 if the log left out earlier calls of the key.',
      ),
  })
  .meta({ id: 'LoggedRequest' });
export type LoggedRequest = z.infer<typeof LoggedRequest>;

export const ListRequestsOutput = z.object({
  items: z.array(LoggedRequest),
  nextCursor: z.string().nullable(),
});
