import { z } from 'zod';
import { isAuthority } from '../../shared/authority.ts';
import { isCanonicalNetwork } from '../../shared/ip.ts';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';
import { Credits, ExternalId, Limits } from '../lib/policy-schemas.ts';
import { PublicKeyInput } from '../lib/public-key-input.ts';
import { Cursor, Id, Name, Text } from '../lib/schemas.ts';
import { SignatureView } from '../lib/signature-view.ts';
import { Metadata } from './metadata-schema.ts';
import { SORT_NAMES } from './sort-orders.ts';

const KEY_STATUSES = ['active', 'disabled', 'expired', 'revoked'] as const;

export const Permissions = z
  .array(z.string().regex(PERMISSION_FORM, 'must be area:verb or area:*'))
  .min(1)
  .max(64);

export const AllowedAddresses = z
  .array(z.string().max(43).refine(isCanonicalNetwork, 'must be an address or a CIDR, canonically written'))
  .max(64)
  .describe('The IP addresses that may use the key; any IP address if the list is empty.');

const Authorities = z
  .array(
    z.string().max(255).refine(isAuthority, 'must be a host, or host:port, as the URL standard writes it'),
  )
  .max(64)
  .describe('The authorities whose requests the key may pass to `verify`.');

const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
  .describe('The same call with the same idempotency key, within 24 hours, is carried out once.');

export const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    environment: z.enum(ENVIRONMENTS),
    permissions: z.array(z.string()),
    allowedAddresses: z.array(z.string()),
    limits: Limits,
    credits: Credits.nullable(),
    externalId: z.string().nullable(),
    authorities: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    status: z.enum(KEY_STATUSES),
    signature: SignatureView,
    ownerId: z.string().nullable(),
    createdAt: z.string(),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    rotatedAt: z.string().nullable(),
    previous: z
      .object({ validUntil: z.string(), lastUsedAt: z.string().nullable() })
      .nullable()
      .describe('The secrets from before the last rotation, while they are still valid.'),
    revokedAt: z.string().nullable(),
    revokedReason: z.string().nullable(),
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof Key>;

export const CreateKeyInput = z.strictObject({
  name: Name,
  environment: z.enum(ENVIRONMENTS),
  permissions: Permissions,
  expiresAt: z.iso.datetime().optional().describe('ISO 8601, UTC, in the future.'),
  allowedAddresses: AllowedAddresses.optional(),
  limits: Limits.optional(),
  credits: Credits.optional().describe('Without credits, the calls of the key cost nothing.'),
  externalId: ExternalId.optional().describe(
    'Your id for the customer who gets the key: keys with the same `externalId` share limits and credits.',
  ),
  authorities: Authorities.optional(),
  metadata: Metadata.optional(),
  ...PublicKeyInput.shape,
  service: z.boolean().optional().describe('Whether the key belongs to the workspace and not to a user.'),
  idempotencyKey: IdempotencyKey.optional(),
});
export type CreateKeyInput = z.infer<typeof CreateKeyInput>;

const SHOWN_ONCE = 'Shown here and never again: null if an earlier call used the same idempotency key.';
const SIGNS_ONCE = `${SHOWN_ONCE} Also null for a key with a public key.`;

export const CreateKeyOutput = z.object({
  key: Key,
  secret: z.string().nullable().describe(SHOWN_ONCE),
  signingSecret: z.string().nullable().describe(SIGNS_ONCE),
});

export type CreateKeyOutput = z.infer<typeof CreateKeyOutput>;

export const ListKeysInput = z
  .strictObject({
    limit: z.int().min(1).max(100).optional(),
    cursor: Cursor.optional(),
    search: Text.max(100).optional().describe('Part of a name, in any case, or the beginning of an id.'),
    status: z.enum(KEY_STATUSES).optional(),
    environment: z.enum(ENVIRONMENTS).optional(),
    externalId: ExternalId.optional(),
    sort: z
      .enum(SORT_NAMES)
      .optional()
      .describe(
        '`newest` by default; `lastUsed` begins with the most recently used and ends with keys that were never used.',
      ),
  })
  .optional();
export type ListKeysInput = z.infer<typeof ListKeysInput>;

export const ListKeysOutput = z.object({ items: z.array(Key), nextCursor: z.string().nullable() });

export const UpdateKeyInput = z
  .strictObject({
    id: Id,
    name: Name.optional(),
    permissions: Permissions.optional(),
    expiresAt: z.iso.datetime().nullable().optional().describe('Null for no expiry.'),
    enabled: z.boolean().optional(),
    allowedAddresses: AllowedAddresses.optional(),
    limits: Limits.optional(),
    credits: Credits.nullable().optional().describe('Null stops counting credits.'),
    externalId: ExternalId.nullable().optional(),
    authorities: Authorities.optional(),
    metadata: Metadata.optional(),
  })
  .refine(
    ({ id, ...changes }) => Object.values(changes).some((value) => value !== undefined),
    'changes nothing',
  )
  .describe('An input that changes nothing is refused.');
export type UpdateKeyInput = z.infer<typeof UpdateKeyInput>;

/** Thirty days, in seconds. */
const MAX_GRACE = 2_592_000;

export const RotateKeyInput = z.strictObject({
  id: Id,
  graceSeconds: z
    .int()
    .min(0)
    .max(MAX_GRACE)
    .describe('How long the current secrets remain valid, in seconds; 0 ends them now.'),
  ...PublicKeyInput.shape,
  idempotencyKey: IdempotencyKey.optional(),
});

export const RotateKeyOutput = CreateKeyOutput.extend({ previousValidUntil: z.string().nullable() });

export const GetKeyInput = z.strictObject({ id: Id });

const KeyLimit = z.object({
  name: z.string().describe('A limit that the keys of an external owner share has `owner.` before its name.'),
  limit: z.int(),
  windowSeconds: z.int(),
  remaining: z.int().describe('How many calls are left now.'),
  resetAt: z.string().describe('When the oldest counted call stops counting; now if no call counts.'),
});
export type KeyLimit = z.infer<typeof KeyLimit>;
export const KeyLimitsOutput = z.object({ items: z.array(KeyLimit) });

export const DeleteKeyInput = z.strictObject({ id: Id });
export const RevokeKeyInput = z.strictObject({
  id: Id,
  reason: Text.min(1).max(500).optional(),
});

export const TailKeyInput = z.strictObject({
  id: Id,
  lastEventId: Text.max(20)
    .optional()
    .describe('The id of the last event that arrived, from which a broken stream continues.'),
});
