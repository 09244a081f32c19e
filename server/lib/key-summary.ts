import { z } from 'zod';
import { ENVIRONMENTS } from '../../shared/key-format.ts';

/** The part of a key that responses about its caller contain. */
export const KeySummary = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.enum(ENVIRONMENTS),
  externalId: z.string().nullable(),
});
type KeySummary = z.infer<typeof KeySummary>;

export const summarizeKey = ({ id, name, environment, externalId }: KeySummary): KeySummary => ({
  id,
  name,
  environment,
  externalId,
});
