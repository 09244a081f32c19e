import { TRPCError } from '@trpc/server';
import type { Reason, RefusalDetails } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import { isOutage } from '../stores/database/connection-errors.ts';
import { issuesIn } from './input-issues.ts';

/** The reason for each code with which a procedure can throw a TRPCError. */
const REASONS = {
  PARSE_ERROR: 'INPUT_INVALID',
  BAD_REQUEST: 'INPUT_INVALID',
  UNAUTHORIZED: 'UNAUTHORIZED',
  PAYMENT_REQUIRED: 'PAYMENT_REQUIRED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_SUPPORTED',
  TIMEOUT: 'TIMEOUT',
  CONFLICT: 'CONFLICT',
  PRECONDITION_FAILED: 'PRECONDITION_FAILED',
  PAYLOAD_TOO_LARGE: 'BODY_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'MEDIA_TYPE_NOT_SUPPORTED',
  UNPROCESSABLE_CONTENT: 'UNPROCESSABLE_CONTENT',
  PRECONDITION_REQUIRED: 'PRECONDITION_REQUIRED',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  CLIENT_CLOSED_REQUEST: 'CLIENT_CLOSED_REQUEST',
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  NOT_IMPLEMENTED: 'NOT_IMPLEMENTED',
  BAD_GATEWAY: 'BAD_GATEWAY',
  SERVICE_UNAVAILABLE: 'UNAVAILABLE',
  GATEWAY_TIMEOUT: 'GATEWAY_TIMEOUT',
} as const satisfies Record<TRPCError['code'], Reason>;

/** The maximum length of a procedure's own message, in characters. */
const MAX_MESSAGE = 1_000;

/**
 * The refusal that the caller gets for an error: our own refusals unchanged, and no details of an error that is not a
 * TRPCError.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!isTrpcError(error)) return new Refusal(isOutage(error) ? 'UNAVAILABLE' : 'INTERNAL', {}, error);
  return error.cause instanceof Refusal ? error.cause : refusalOfTrpcError(error);
}

/** A procedure may throw the TRPCError of another copy of tRPC. */
const isTrpcError = (error: unknown): error is TRPCError =>
  error instanceof TRPCError || (error instanceof Error && error.name === 'TRPCError');

/**
 * The refusal for a TRPCError: the reason of its code, and the message that a procedure gave it. The caller
 * learns nothing about an internal error, nor a message that tRPC copied from a cause.
 */
function refusalOfTrpcError(error: TRPCError): Refusal {
  const { code, cause } = error;
  // An unknown code, which may be newer than this table, reveals nothing.
  const reason: Reason = REASONS[code] ?? 'INTERNAL';
  if (reason === 'INTERNAL') {
    return new Refusal(isOutage(cause) ? 'UNAVAILABLE' : 'INTERNAL', {}, cause ?? error);
  }
  const message = customMessage(error);
  const details: RefusalDetails = reason === 'INPUT_INVALID' ? { issues: issuesOf(cause, message) } : {};
  return new Refusal(reason, details, cause ?? error, message);
}

/** tRPC uses the message of the cause, or the code, if a procedure gave none. */
function customMessage({ code, message, cause }: TRPCError): string | undefined {
  const given = code !== 'PARSE_ERROR' && ![code, cause?.message, ''].includes(message);
  return given ? message.slice(0, MAX_MESSAGE) : undefined;
}

function issuesOf(cause: unknown, message: string | undefined): RefusalDetails['issues'] & object {
  const issues = issuesIn(cause);
  return issues.length > 0 ? issues : [{ path: '', message: message ?? 'The input cannot be read.' }];
}
