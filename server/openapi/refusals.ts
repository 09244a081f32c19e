import { TRPC_CODES } from '../../shared/refusal-form.ts';
import { REFUSALS, type Reason, type RefusalData } from '../../shared/refusals.ts';
import { deniedBy } from '../gate/rights/access.ts';
import type { ApiResponse, Reference, Schema } from '../rpc/api-document.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';
import type { Responses } from './components.ts';
import { guardFacts } from './guard-facts.ts';

/** Reasons that need no credential: those about the format of the request, and about the service itself. */
const REASONS_WITHOUT_CREDENTIAL: readonly Reason[] = [
  'REQUEST_MALFORMED',
  'REQUEST_TIMEOUT',
  'MEDIA_TYPE_NOT_SUPPORTED',
  'AUTHORITY_UNKNOWN',
  'HEADERS_TOO_LARGE',
  'INTERNAL',
  'UNAVAILABLE',
];
const SIGNATURE_REASONS: readonly Reason[] = [
  'SIGNATURE_MISSING',
  'SIGNATURE_MALFORMED',
  'SIGNATURE_INVALID',
  'SIGNATURE_EXPIRED',
  'SIGNATURE_REPLAYED',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'SESSION_ENDED',
  'TOO_MANY_FAILURES',
];
const BEARER_REASONS: readonly Reason[] = [
  'KEY_MISSING',
  'KEY_INVALID',
  'KEY_REVOKED',
  'KEY_EXPIRED',
  'KEY_DISABLED',
  'TOKEN_MISSING',
  'WORKSPACE_DENIED',
  'SIGN_IN_RULE',
  'IP_DENIED',
];

/** Reasons before the procedure begins: the response has their status, for streams too. */
function reasonsBeforeCall({ type, guard }: ProcedureInfo): Reason[] {
  return [
    ...REASONS_WITHOUT_CREDENTIAL,
    ...(type === 'mutation' ? (['BODY_TOO_LARGE'] as const) : []),
    ...(type === 'subscription' ? (['RATE_LIMITED'] as const) : []),
    ...(guard.access === 'public' ? [] : SIGNATURE_REASONS),
    ...(guard.access === 'public' || guard.access === 'session' ? [] : BEARER_REASONS),
  ];
}

/** Reasons after the procedure began: a stream reports them as events. */
export function reasonsOfCall({ guard }: ProcedureInfo): Reason[] {
  const { access, permission, environment, cost, stepUp } = guardFacts(guard);
  return [
    ...deniedBy(access),
    ...(permission === null ? [] : (['PERMISSION_DENIED'] as const)),
    ...(environment === null ? [] : (['ENVIRONMENT_DENIED'] as const)),
    ...(stepUp ? (['STEP_UP_REQUIRED'] as const) : []),
    // Keys have their own limits, sessions those of the service.
    ...(access === 'public' ? [] : (['RATE_LIMITED'] as const)),
    // A parameter that no call reads is also an invalid input.
    'INPUT_INVALID',
    ...(cost > 0 ? (['CREDITS_EXHAUSTED'] as const) : []),
    ...(guard.refusals ?? []),
  ];
}

/** Every reason for which a procedure can be refused with a status, in the order of the table. */
export function reasonsOf(procedure: ProcedureInfo): Reason[] {
  const stream = procedure.type === 'subscription';
  const given = new Set([...reasonsBeforeCall(procedure), ...(stream ? [] : reasonsOfCall(procedure))]);
  return (Object.keys(REFUSALS) as Reason[]).filter((reason) => given.has(reason));
}

/** The responses to refused calls, by status; procedures share equal ones. */
export function refusedResponses(
  reasons: readonly Reason[],
  responses: Responses,
): Record<string, Reference> {
  const statuses = [...new Set(reasons.map((reason) => REFUSALS[reason].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const given = reasons.filter((reason) => REFUSALS[reason].status === status);
      return [status, responses.add(`Refused${status}`, responseOf(status, given))];
    }),
  );
}

const HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ['www-authenticate', 'accept-signature'],
  429: ['retry-after', 'ratelimit', 'ratelimit-policy'],
  503: ['retry-after'],
};

function responseOf(status: number, reasons: readonly Reason[]): ApiResponse {
  const only = { properties: { data: { properties: { reason: { enum: reasons } } } } };
  return {
    description: reasons.map((reason) => `- \`${reason}\`: ${REFUSALS[reason].message}`).join('\n'),
    headers: headerRefs(['x-request-id', ...(HEADERS[status] ?? [])]),
    content: {
      'application/json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/RefusalResponse' }, { properties: { error: only } }],
        },
      },
    },
  };
}

export const headerRefs = (names: readonly string[]): Record<string, Reference> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const text = (description: string): Schema => ({ type: 'string', description });
const integer = (description: string): Schema => ({ type: 'integer', description });

/** Each property of `error.data`. */
const DATA = {
  code: { type: 'string', enum: [...new Set(Object.values(TRPC_CODES))], description: "tRPC's name." },
  httpStatus: integer(
    'The status of the call. In a batch with mixed outcomes it differs from that of the response.',
  ),
  path: text('The called procedure, if the target names one.'),
  reason: { $ref: '#/components/schemas/Reason' },
  requestId: text('Under which the log of the service has the call; in the header `x-request-id` too.'),
  docs: { type: 'string', format: 'uri', description: 'What happened, why, and how to fix it.' },
  missing: {
    description:
      'With `PERMISSION_DENIED` and `ESCALATION_DENIED`: what the caller does not hold. With `SIGNATURE_INVALID`: the components that an RFC 9421 signature must cover, and does not. With `SIGN_IN_RULE`: `secondFactor`, or `issuer:` and the name of the identity provider with which to sign in.',
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  },
  limit: integer('The limit that was reached.'),
  remaining: integer('The remaining calls or credits.'),
  resetAt: { type: 'string', format: 'date-time', description: 'When more become available.' },
  retryAfter: integer('Seconds until a retry can succeed; also in the header `retry-after`.'),
  clock: {
    type: 'object',
    description:
      "With `SIGNATURE_EXPIRED`: the server's clock, and a proof over `v1.clock\\n<k>\\n<n>\\n<now>`. If it is correct, sign again with this time, once; a call that changes something only if `t` was outside the window when it was sent.",
    properties: {
      now: integer('Unix seconds.'),
      mac: text('For a key with a signing secret: HMAC-SHA-256 under it, 64 hex digits.'),
      keyid: text(
        'For a key with a public key: the key of `/.well-known/http-message-signatures-directory` that signed.',
      ),
      signature: text('By this key: Ed25519, base64.'),
    },
    required: ['now'],
  },
  debug: {
    type: 'object',
    description: 'Outside production, with `SIGNATURE_INVALID`: the base that the server built.',
    properties: { base: text('Ten lines.') },
    required: ['base'],
  },
  issues: {
    type: 'array',
    description:
      'With `INPUT_INVALID`: what is wrong with the input. If the request is malformed, or with `SIGNATURE_INVALID` if a header contradicts the key or the body: the part, and the rule that it breaks.',
    items: {
      type: 'object',
      properties: {
        path: text('The field, or the part of the request, such as `headers.host`.'),
        message: text('The fault.'),
        rule: text('The name of the request-format rule that the request breaks.'),
      },
      required: ['path', 'message'],
    },
  },
} as const satisfies Record<keyof RefusalData, Schema>;

/** The shape of every refusal. */
export const REFUSAL_SCHEMAS: Readonly<Record<string, Schema>> = {
  Reason: { type: 'string', enum: Object.keys(REFUSALS), description: 'Stable: decide only by it.' },
  RefusalResponse: {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        properties: {
          message: text('A sentence for people, in English.'),
          code: integer("tRPC's JSON-RPC error number."),
          data: {
            type: 'object',
            properties: DATA,
            required: ['code', 'httpStatus', 'reason', 'requestId', 'docs'],
          },
        },
        required: ['message', 'code', 'data'],
      },
    },
    required: ['error'],
  },
};
