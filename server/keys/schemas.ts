import { z } from 'zod';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';

const KEY_STATUSES = ['active', 'disabled', 'expired', 'revoked'] as const;

/** 1 to 100 characters, none of them a control character. */
const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters')
  .refine((text) => text.trim() !== '', 'must not be blank');

/** Postgres keeps no NUL in a text. */
const NO_NUL = /^[^\0]*$/;

const KeyId = z.string().min(1).max(64).regex(NO_NUL);

export const Key = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.enum(ENVIRONMENTS),
  permissions: z.array(z.string()),
  status: z.enum(KEY_STATUSES),
  ownerId: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokedReason: z.string().nullable(),
});
export type Key = z.infer<typeof Key>;

export const CreateKeyInput = z.strictObject({
  name: Name,
  environment: z.enum(ENVIRONMENTS),
  permissions: z.array(z.string().regex(PERMISSION_FORM, 'must be area:verb or area:*')).min(1).max(64),
  /** ISO 8601, UTC, ahead of now. */
  expiresAt: z.iso.datetime().optional(),
});
export type CreateKeyInput = z.infer<typeof CreateKeyInput>;

/** `secret` and `signingSecret` are shown here and never again. */
export const CreateKeyOutput = z.object({ key: Key, secret: z.string(), signingSecret: z.string() });

export const ListKeysInput = z
  .strictObject({
    limit: z.int().min(1).max(100).optional(),
    cursor: z.string().max(500).optional(),
    /** Part of a name, in any case, or the beginning of an id. */
    search: z.string().max(100).regex(NO_NUL).optional(),
    status: z.enum(KEY_STATUSES).optional(),
  })
  .optional();
export type ListKeysInput = z.infer<typeof ListKeysInput>;

export const ListKeysOutput = z.object({ items: z.array(Key), nextCursor: z.string().nullable() });

export const GetKeyInput = z.strictObject({ id: KeyId });
export const RevokeKeyInput = z.strictObject({
  id: KeyId,
  reason: z.string().min(1).max(500).regex(NO_NUL).optional(),
});
