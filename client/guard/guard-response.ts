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

/** An HTTP response, to be written unchanged. */
export interface GuardResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why the guard refuses a request. */
export interface Refused extends RefusalDetails {
  readonly reason: Reason;
  readonly httpStatus: number;
  readonly message: string;
  readonly requestId: string;
  /** The URL of the page that explains the refusal. */
  readonly docs?: string;
}

/** A refusal in the format of Keyseal's own. */
export function refusalEnvelope({ message, ...refused }: Refused): RefusalShape {
  const code = TRPC_CODES[refused.httpStatus as keyof typeof TRPC_CODES] ?? 'FORBIDDEN';
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data: { code, ...refused } as RefusalData };
}

/** The same refusal as an HTTP response, with the rate-limit headers. */
export function refusalResponse(refused: Refused, limits: readonly LimitState[] = []): GuardResponse {
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
    body: JSON.stringify({ error: refusalEnvelope(refused) }),
  };
}

/**
 * A refusal by the guard itself, or one for a request about which Keyseal did not respond.
 * @param origin the origin of Keyseal, whose page explains the refusal; null if it is not known
 */
export function refusalFor(reason: Reason, origin: string | null, details: Partial<Refused> = {}): Refused {
  const { status: httpStatus, message } = REFUSALS[reason];
  const docs = origin === null ? {} : { docs: docsOf(reason, origin) };
  return { reason, httpStatus, message, requestId: crypto.randomUUID(), ...docs, ...details };
}
