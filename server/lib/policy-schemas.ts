import { z } from 'zod';
import { LIMIT_NAME, MAX_CALLS, MAX_CREDITS, MAX_LIMITS, MAX_WINDOW } from '../../shared/limits.ts';
import { LineOfText } from './schemas.ts';

export const LimitInput = z
  .strictObject({
    name: z.string().regex(LIMIT_NAME, 'must be 1 to 32 of a-z, 0-9, _ and -'),
    limit: z.int().min(1).max(MAX_CALLS),
    windowSeconds: z.int().min(1).max(MAX_WINDOW),
  })
  .describe('At most `limit` calls in any period of `windowSeconds` seconds.');

/** The limits of a key or an external owner; a call must be within all of them. */
export const Limits = z
  .array(LimitInput)
  .max(MAX_LIMITS)
  .refine(
    (limits) => new Set(limits.map(({ name }) => name)).size === limits.length,
    'must have names that differ',
  )
  .describe('A call must be within all of them.');

export const Credits = z
  .strictObject({
    remaining: z.int().min(0).max(MAX_CREDITS),
    refill: z
      .strictObject({ amount: z.int().min(1).max(MAX_CREDITS), every: z.enum(['day', 'month']) })
      .optional(),
  })
  .describe(
    'The remaining credits. A refill raises them to `amount` at the beginning of each day or month (UTC); it never lowers them.',
  );

/** The workspace's name for an external owner: 1 to 200 characters on one line. */
export const ExternalId = LineOfText.min(1)
  .max(200)
  .refine((text) => text.trim() === text, 'must not begin or end with a space')
  .describe('The name that the workspace gives to the customer who gets the key.');
