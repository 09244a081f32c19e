import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { LimitState } from '../../shared/limits.ts';
import { rateLimitHeaders } from '../../shared/rate-limit-headers.ts';
import { docsOf, refusalHeaders, TRPC_CODES } from '../../shared/refusal-form.ts';
import {
  REFUSALS,
  type Reason,
  type RefusalData,
  type RefusalDetails,
  type RefusalShape,
} from '../../shared/refusals.ts';

/** An answer in HTTP, to be written as it is. */
export interface GuardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why a request is not carried out. */
export interface Refused extends RefusalDetails {
  readonly reason: Reason;
  readonly httpStatus: number;
  readonly message: string;
  readonly requestId: string;
  /** Where it is explained. */
  readonly docs?: string;
}

/** A refusal in the form that Keyseal's own have. */
export function envelopeOf({ message, ...told }: Refused): RefusalShape {
  const code = TRPC_CODES[told.httpStatus as keyof typeof TRPC_CODES] ?? 'FORBIDDEN';
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data: { code, ...told } as RefusalData };
}

/** The same as HTTP, with how limits stand. */
export function answerOf(refused: Refused, limits: readonly LimitState[] = []): GuardAnswer {
  return {
    status: refused.httpStatus,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': refused.requestId,
      ...refusalHeaders(refused.httpStatus, refused.retryAfter),
      ...rateLimitHeaders(limits, Date.now()),
    },
    body: JSON.stringify({ error: envelopeOf(refused) }),
  };
}

/**
 * A refusal that Keyseal was not asked for, or gave no answer to.
 * @param origin of Keyseal, whose page explains it; null where it is not known
 */
export function ownRefusal(reason: Reason, origin: string | null, details: Partial<Refused> = {}): Refused {
  const { status: httpStatus, message } = REFUSALS[reason];
  const docs = origin === null ? {} : { docs: docsOf(reason, origin) };
  return { reason, httpStatus, message, requestId: crypto.randomUUID(), ...docs, ...details };
}
