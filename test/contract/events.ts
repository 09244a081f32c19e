import { z } from 'zod';

/**
 * The schema of each stream's events. A subscription declares no output, so it is here: a stream whose event is
 * another fails against it where the clients are tried.
 */
export const EVENTS: Readonly<Record<string, z.ZodType>> = {
  clock: z.object({ tick: z.int(), at: z.string() }),
  'keys.tail': z.discriminatedUnion('type', [
    z.object({
      type: z.literal('call'),
      at: z.string(),
      procedure: z.string(),
      outcome: z.string(),
      durationMs: z.number(),
      address: z.string().nullable(),
      requestId: z.string(),
      pair: z.enum(['current', 'previous']).nullable(),
    }),
    z.object({ type: z.literal('missed'), count: z.int().nullable() }),
  ]),
};
