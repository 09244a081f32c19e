import { TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import {
  REFUSALS,
  type Reason,
  type RefusalData,
  type RefusalDetails,
  type RefusalShape,
} from '../shared/refusals.ts';

type Code = TRPCError['code'];

/** tRPC's name for each HTTP status of the table; where it has none, the nearest, and `httpStatus` is exact. */
const CODES: Record<(typeof REFUSALS)[Reason]['status'], Code> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  421: 'BAD_REQUEST',
  429: 'TOO_MANY_REQUESTS',
  431: 'BAD_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

/** A call that is not admitted or not carried out, with the one reason that its caller is told. */
export class Refusal extends TRPCError {
  override readonly name = 'Refusal';
  readonly reason: Reason;
  readonly details: RefusalDetails;
  /** The key whose bearer secret was shown before this was refused: under it the refusal is counted. */
  keyId: string | null = null;

  /** @param cause what the log is told and the caller is not */
  constructor(reason: Reason, details: RefusalDetails = {}, cause?: unknown) {
    super({ code: CODES[REFUSALS[reason].status], message: REFUSALS[reason].message, cause });
    this.reason = reason;
    this.details = details;
  }

  /** The same refusal, of a call by this key. */
  of(keyId: string): this {
    this.keyId = keyId;
    return this;
  }

  get status(): number {
    return REFUSALS[this.reason].status;
  }
}

/** The page of refusals, which every service serves. */
export const REFUSALS_PAGE = '/docs/refusals';

/** The place of a reason in the docs. @param origin the service's first public origin */
export function docsOf(reason: Reason, origin: string): string {
  return `${origin}${REFUSALS_PAGE}#${reason}`;
}

/**
 * @param path the procedure that was called, as far as the target names one
 * @param origin the service's first public origin
 */
export function shapeOf(
  refusal: Refusal,
  path: string | undefined,
  requestId: string,
  origin: string,
): RefusalShape {
  const data: RefusalData = {
    code: refusal.code,
    httpStatus: refusal.status,
    ...(path === undefined ? {} : { path }),
    reason: refusal.reason,
    requestId,
    docs: docsOf(refusal.reason, origin),
    ...refusal.details,
  };
  return { message: refusal.message, code: TRPC_ERROR_CODES_BY_KEY[refusal.code], data };
}
