import { parseBearer, proofsIn } from '../../shared/bearer.ts';
import { isKeyId } from '../../shared/key-format.ts';
import { headerValues } from '../../shared/request-rules.ts';
import type { RequestHead } from './request-head.ts';
import type { ReportedRequest } from './verify-input.ts';

/** The caller that a request claims. A verdict about another caller does not apply to this request. */
export interface ClaimedCaller {
  /** The id of the key in `authorization`; null if it has a user token. */
  readonly keyId: string | null;
  readonly hasUserToken: boolean;
  /** The format of its signature. */
  readonly form: 'v1' | 'rfc9421';
}

/** Reads who a request claims to be from. @param brand of the keys of Keyseal */
export function claimedCaller({ headers }: RequestHead, brand: string): ClaimedCaller {
  const proofs = proofsIn(headerValues(headers.flat()));
  const bearer = parseBearer(proofs, brand);
  const isKey = typeof bearer !== 'string' && bearer.kind === 'key';
  return {
    keyId: isKey ? bearer.parsed.id : null,
    hasUserToken: !isKey || proofs.userToken !== null,
    form: proofs.signature === null ? 'rfc9421' : 'v1',
  };
}

type Check = (value: unknown) => boolean;
type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => typeof value === 'string' && value !== '';
const isInteger: Check = (value) => Number.isSafeInteger(value);
const isTime: Check = (value) => typeof value === 'string' && Number.isFinite(Date.parse(value));
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** An object with these properties, and perhaps others: a newer Keyseal may send more. */
const objectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) &&
    Object.entries(members).every(([name, check]) => Object.hasOwn(value, name) && check(value[name]));

/** The name of a limit becomes part of a header. */
const LIMIT = objectOf({
  name: (value) => typeof value === 'string' && /^[\w.-]{1,128}$/.test(value),
  limit: isInteger,
  windowSeconds: isInteger,
  remaining: isInteger,
  resetAt: isTime,
});

/** Whether a value is the `limits` of a verdict. */
export const areLimits: Check = listOf(LIMIT);

const ADMISSION = objectOf({
  valid: (value) => value === true,
  caller: objectOf({
    kind: (value) => value === 'key' || value === 'user',
    key: orNull(
      objectOf({
        id: (value) => typeof value === 'string' && isKeyId(value),
        name: isText,
        environment: isText,
        externalId: orNull(isText),
        metadata: isObject,
      }),
    ),
    userId: orNull(isName),
    externalUser: orNull(objectOf({ issuer: isName, subject: isName, claims: isObject })),
    workspaceId: isName,
  }),
  signature: objectOf({ form: isText, algorithm: isName }),
  permissions: listOf(isName),
  limits: areLimits,
  credits: orNull(objectOf({ remaining: isInteger })),
  requestId: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
});

/** The properties of an admission on which the guard decides; `ADMISSION` has checked their types. */
interface Admission {
  readonly caller: {
    readonly kind: 'key' | 'user';
    readonly key: { readonly id: string; readonly environment: string } | null;
    readonly userId: string | null;
    readonly externalUser: object | null;
  };
  readonly signature: { readonly form: string };
  readonly permissions: readonly string[];
}

/**
 * Whether a verdict admits the caller of this request: it has every property of an admission, is about the caller that the
 * request names, and meets what the guard required. Anything else admits no caller: something other than Keyseal may have
 * responded.
 * @param environment of the guard's key, which sees no keys of the other one
 */
export function isAdmission(
  verdict: unknown,
  claimed: ClaimedCaller,
  required: NonNullable<ReportedRequest['require']>,
  environment: string,
): boolean {
  if (!ADMISSION(verdict) || Object.hasOwn(verdict as object, 'dryRun')) return false;
  const { caller, signature, permissions } = verdict as Admission;
  const { kind, key, userId, externalUser } = caller;
  const hasUser = userId !== null || externalUser !== null;
  const isClaimed =
    claimed.keyId === null
      ? kind === 'user' && key === null && userId !== null && externalUser === null
      : kind === 'key' && key?.id === claimed.keyId && key.environment === environment;
  return (
    isClaimed &&
    signature.form === claimed.form &&
    !(userId !== null && externalUser !== null) &&
    (claimed.hasUserToken || !hasUser) &&
    (required.user !== true || hasUser) &&
    (required.permission === undefined || permissions.includes(required.permission))
  );
}
