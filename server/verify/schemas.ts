import { isIP } from 'node:net';
import { z } from 'zod';
import { MAX_COST } from '../../shared/limits.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { MAX_REPORTED_TEXT } from '../../shared/request-rules.ts';
import { KeySummary } from '../lib/key-summary.ts';
import { LimitInput } from '../lib/policy-schemas.ts';
import { SIGNATURE_ALGORITHMS } from '../lib/signature-algorithms.ts';

/** More headers than a request may have, so that too many of them are refused with the precise reason. */
const MAX_HEADERS = 200;
/** The maximum number of other spellings of a target. */
const MAX_SPELLINGS = 31;

/** A request that a service received, unchanged. */
export const VerifyInput = z.strictObject({
  method: z.string().max(20),
  authority: z
    .string()
    .max(255)
    .describe(
      "The host and port that the client addressed, as they are signed; one of the calling key's `authorities`.",
    ),
  target: z.string().max(MAX_REPORTED_TEXT).describe('Path and query, as on the request line.'),
  otherTargets: z
    .array(z.string().max(MAX_REPORTED_TEXT))
    .max(MAX_SPELLINGS)
    .optional()
    .describe(
      'Other spellings of `target`, for a service whose runtime rewrites the query before the service sees it: the same path, and the same names and values in the same order. The signature must match `target` or one of them.',
    ),
  headers: z
    .array(z.tuple([z.string().max(256), z.string().max(MAX_REPORTED_TEXT)]))
    .max(MAX_HEADERS)
    .describe('The raw header list: every header, including repeats, in order.'),
  bodySha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lowercase hex digits')
    .describe(
      'SHA-256 of exactly the bytes that will be parsed, lowercase hex; if there is no body, that of the empty string.',
    ),
  bodySha512: z
    .string()
    .regex(/^[0-9a-f]{128}$/, 'must be 128 lowercase hex digits')
    .optional()
    .describe(
      'SHA-512 of the same bytes. Needed if the request has a `content-digest` with `sha-512`: a digest that cannot be checked refuses it.',
    ),
  scheme: z
    .enum(['https', 'http'])
    .optional()
    .describe('The scheme of the URL that the client addressed; without it, either may be signed.'),
  address: z
    .string()
    .max(64)
    .refine((text) => isIP(text) !== 0, 'must be an IPv4 or IPv6 address')
    .optional()
    .describe("The client's address; required for a key with `allowedAddresses`."),
  require: z
    .strictObject({ user: z.boolean().optional(), permission: z.string().regex(PERMISSION_FORM).optional() })
    .optional()
    .describe('What the caller must prove, and the permission that they must have.'),
  cost: z
    .int()
    .min(0)
    .max(MAX_COST)
    .optional()
    .describe('The credits that the call costs a metered key; 1 by default.'),
  limit: LimitInput.optional().describe('A limit of the calling service, in addition to those of the key.'),
  dryRun: z
    .boolean()
    .optional()
    .describe(
      'If true, claims and spends nothing, and returns a result that no guard mistakes for an admission.',
    ),
});
export type VerifyInput = z.infer<typeof VerifyInput>;

const Caller = z.object({
  kind: z.enum(['key', 'user']),
  key: KeySummary.extend({ metadata: z.record(z.string(), z.unknown()) }).nullable(),
  userId: z.string().nullable(),
  externalUser: z
    .object({ issuer: z.string(), subject: z.string(), claims: z.record(z.string(), z.unknown()) })
    .nullable(),
  workspaceId: z.string(),
});

const LimitState = z.object({
  name: z.string(),
  limit: z.int(),
  windowSeconds: z.int(),
  remaining: z.int(),
  resetAt: z.string(),
});

const requestId = z.string().describe('The id of the call in the Keyseal log.');

/** The result for a caller who may call. */
const Admitted = {
  caller: Caller,
  signature: z
    .object({ form: z.enum(['v1', 'rfc9421']), algorithm: z.enum(SIGNATURE_ALGORITHMS) })
    .describe('How the request was signed.'),
  permissions: z.array(z.string()),
  limits: z.array(LimitState),
  credits: z.object({ remaining: z.int() }).nullable(),
  requestId,
};

/** The result for a caller who may not: a refusal from the table, to be passed on unchanged. */
const Refused = {
  reason: z.enum(Object.keys(REFUSALS) as [Reason, ...Reason[]]),
  httpStatus: z.int(),
  message: z.string(),
  docs: z.string().describe('Where Keyseal explains what happened, why, and how to fix it.'),
  /** Further properties, as in a refusal by Keyseal itself. */
  missing: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  limit: z.int().optional(),
  remaining: z.int().optional(),
  resetAt: z.string().optional(),
  retryAfter: z.int().optional(),
  clock: z
    .union([
      z.object({ now: z.int(), mac: z.string() }),
      z.object({ now: z.int(), keyid: z.string(), signature: z.string() }),
    ])
    .optional(),
  debug: z.object({ base: z.string() }).optional(),
  issues: z
    .array(z.object({ path: z.string(), message: z.string(), rule: z.string().optional() }))
    .optional()
    .describe('Which part of the reported request breaks which rule, if it is malformed.'),
  limits: z.array(LimitState),
  requestId,
};

const Valid = z.object({ valid: z.literal(true), ...Admitted });
const Invalid = z.object({ valid: z.literal(false), ...Refused });
/** The results of a dry run. Neither has a `valid`, so that no guard mistakes them for an admission. */
const WouldBeValid = z.object({ dryRun: z.literal('admitted'), ...Admitted });
const WouldBeInvalid = z.object({ dryRun: z.literal('refused'), ...Refused });

export const VerifyOutput = z.union([Valid, Invalid, WouldBeValid, WouldBeInvalid]);
export type VerifyOutput = z.infer<typeof VerifyOutput>;
