import { z } from 'zod';
import { Credits, ExternalId, Limits } from '../../lib/policy-schemas.ts';

export const Owner = z
  .object({
    externalId: z.string(),
    limits: Limits,
    credits: Credits.nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'Owner' });
export type Owner = z.infer<typeof Owner>;

export const UpdateOwnerInput = z
  .strictObject({
    externalId: ExternalId,
    limits: Limits.optional(),
    credits: Credits.nullable().optional().describe('Null stops counting credits.'),
  })
  .refine(({ limits, credits }) => limits !== undefined || credits !== undefined, 'changes nothing')
  .describe('An input that changes nothing is refused.');

export const GetOwnerInput = z.strictObject({ externalId: ExternalId });

export const ListOwnersInput = z
  .strictObject({
    limit: z.int().min(1).max(100).optional(),
    cursor: ExternalId.optional().describe('`nextCursor` of the previous page.'),
  })
  .optional();

export const ListOwnersOutput = z.object({ items: z.array(Owner), nextCursor: z.string().nullable() });
