import { z } from 'zod';
import { ENVIRONMENTS } from '../../../shared/key-format.ts';
import { isSubjectPattern } from '../../../shared/subject-pattern.ts';
import { Limits } from '../../lib/policy-schemas.ts';
import { PublicKeyInput } from '../../lib/public-key-input.ts';
import { Id, LineOfText, Name, Text } from '../../lib/schemas.ts';
import { AllowedAddresses, Permissions } from '../schemas.ts';

/** The maximum length of a token, in characters: longer ones are rejected unread. */
const MAX_TOKEN_LENGTH = 8192;
/** The maximum lifetime of a workload's key, in seconds. */
export const MAX_KEY_LIFETIME_S = 3600;
const MIN_KEY_LIFETIME_S = 60;
const MAX_CLAIMS = 10;

/** Claims that the service checks itself (RFC 7519 §4.1). */
const REGISTERED: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/** The idempotency key of an exchange. */
export const IdempotencySecret = z
  .string()
  .regex(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 printable ASCII characters without spaces');

export const ExchangeInput = z.strictObject({
  token: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/, 'must be a JWT')
    .max(MAX_TOKEN_LENGTH)
    .describe('A JWT of a trusted issuer, for the audience of a rule.'),
  rule: Id.optional().describe('The id of a rule; needed if several rules match the token.'),
  ...PublicKeyInput.shape,
  idempotencyKey: IdempotencySecret.optional().describe(
    'A random secret for this exchange. The same token with the same idempotency key gets another key, which replaces the first: the first is revoked. If the first has a public key, the second call needs the same `publicKey`, and may have the same `proof`.',
  ),
});
export type ExchangeInput = z.infer<typeof ExchangeInput>;

const Audience = LineOfText.min(1)
  .max(255)
  .describe(
    'The claim `aud`. For each issuer, an audience belongs to one workspace; an audience that ends with the id of a workspace belongs to that workspace.',
  );
const Subject = Text.min(1)
  .max(255)
  .refine(
    isSubjectPattern,
    'must be 1 to 255 printable ASCII characters, in which * is a whole segment between : and /, and not the first',
  )
  .describe('The claim `sub`. `*` stands for exactly one segment; `:` and `/` separate segments.');

/** Runs before zod, which drops `__proto__` silently: the rule would match more tokens than it says. */
function refuseProto(claims: Record<string, string>, context: z.RefinementCtx): Record<string, string> {
  if (typeof claims === 'object' && claims !== null && Object.hasOwn(claims, '__proto__'))
    context.addIssue('must not name __proto__');
  return claims;
}

const ClaimValues = z
  .record(LineOfText.min(1).max(100), LineOfText.max(255))
  .refine((claims) => Object.keys(claims).length <= MAX_CLAIMS, `must have at most ${MAX_CLAIMS} claims`)
  .refine(
    (claims) => !REGISTERED.some((name) => Object.hasOwn(claims, name)),
    `must not name ${REGISTERED.join(', ')}`,
  );
const Claims = z
  .preprocess(refuseProto, ClaimValues)
  .describe('Further claims, each with the value that it must have.');
const Lifetime = z
  .int()
  .min(MIN_KEY_LIFETIME_S)
  .max(MAX_KEY_LIFETIME_S)
  .describe('How long a key is valid after the exchange, in seconds.');

export const ExchangeRule = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string().describe('The `name` of the issuer in `KEYSEAL_ISSUERS`.'),
    audience: z.string(),
    subject: z.string(),
    claims: z.record(z.string(), z.string()),
    environment: z.enum(ENVIRONMENTS),
    permissions: z.array(z.string()),
    allowedAddresses: z.array(z.string()),
    limits: Limits,
    lifetimeSeconds: z.int(),
    enabled: z.boolean(),
    activeKeys: z.int().describe('Keys of the rule that are valid now.'),
    createdAt: z.string(),
  })
  .meta({ id: 'ExchangeRule' });
export type ExchangeRule = z.infer<typeof ExchangeRule>;

/** The properties of a rule that an input can set. */
const RuleFields = z.object({
  name: Name,
  issuer: LineOfText.min(1).max(32).describe('The `name` of an issuer with `workload: true`.'),
  audience: Audience,
  subject: Subject,
  environment: z.enum(ENVIRONMENTS),
  permissions: Permissions,
});
const RulePolicy = z.object({
  claims: Claims,
  allowedAddresses: AllowedAddresses,
  limits: Limits,
  lifetimeSeconds: Lifetime,
});

export const CreateExchangeRuleInput = z.strictObject({
  ...RuleFields.shape,
  ...RulePolicy.partial().shape,
});
export type CreateExchangeRuleInput = z.infer<typeof CreateExchangeRuleInput>;

export const UpdateExchangeRuleInput = z
  .strictObject({
    id: Id,
    ...RuleFields.partial().shape,
    ...RulePolicy.partial().shape,
    enabled: z.boolean().optional(),
  })
  .refine(
    ({ id, ...changes }) => Object.values(changes).some((value) => value !== undefined),
    'changes nothing',
  )
  .describe('An input that changes nothing is refused.');
export type UpdateExchangeRuleInput = z.infer<typeof UpdateExchangeRuleInput>;

export const DeleteExchangeRuleInput = z.strictObject({ id: Id });

export const ListExchangeRulesInput = z.strictObject({}).optional();
export const ListExchangeRulesOutput = z.object({
  items: z.array(ExchangeRule),
  issuers: z
    .array(z.object({ name: z.string(), issuer: z.string().describe('The claim `iss`.') }))
    .describe('The issuers whose workloads may get keys.'),
});
