import { z } from 'zod';
import { Id } from '../inputs.ts';

const Session = z.object({
  id: z.string(),
  createdAt: z.string(),
  refreshedAt: z.string(),
  /** From where it was begun, and by what; null where nobody knows. */
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** Whether it is the one that asks. */
  current: z.boolean(),
});

export const ListSessionsInput = z.strictObject({}).optional();
export const ListSessionsOutput = z.object({ items: z.array(Session) });

/** One, all but the one that asks, or all. */
export const RevokeSessionsInput = z
  .strictObject({
    id: Id.optional(),
    others: z.literal(true).optional(),
    all: z.literal(true).optional(),
  })
  .refine(
    (input) => Object.values(input).filter((value) => value !== undefined).length === 1,
    'must be one of id, others and all',
  );
export const RevokeSessionsOutput = z.object({ ended: z.int() });
