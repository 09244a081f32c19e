/** What a refusal is, on the wire: its HTTP status and the sentence that a caller reads. */
interface RefusalKind {
  readonly status: number;
  readonly message: string;
}

/**
 * Every reason that Keyseal can give, and the only place that knows its HTTP status and its message.
 * Messages are English; a console translates by reason.
 */
export const REFUSALS = {
  INPUT_INVALID: { status: 400, message: 'The input does not match what the procedure takes.' },
  REQUEST_MALFORMED: { status: 400, message: 'The request is not well formed.' },

  KEY_MISSING: { status: 401, message: 'Send an API key: authorization: Bearer <API key>.' },
  KEY_INVALID: { status: 401, message: 'The API key is not valid.' },
  KEY_EXPIRED: { status: 401, message: 'The API key has expired.' },
  KEY_REVOKED: { status: 401, message: 'The API key has been revoked.' },
  KEY_DISABLED: { status: 401, message: 'The API key is disabled.' },
  TOKEN_MISSING: { status: 401, message: 'This call needs a user token.' },
  TOKEN_INVALID: { status: 401, message: 'The token is not valid.' },
  TOKEN_EXPIRED: { status: 401, message: 'The user token has expired; refresh the session.' },
  SESSION_ENDED: { status: 401, message: 'The session has ended; sign in again.' },
  SIGNATURE_MISSING: { status: 401, message: 'Sign the request: x-signature is missing.' },
  SIGNATURE_MALFORMED: { status: 401, message: 'x-signature is not v1,k=…,t=…,n=…,s=….' },
  SIGNATURE_INVALID: { status: 401, message: 'The signature does not match the request.' },
  SIGNATURE_EXPIRED: { status: 401, message: 'The signature was not made now; check the clock.' },
  SIGNATURE_REPLAYED: { status: 401, message: 'This signature has been used already.' },
  CREDENTIALS_INVALID: { status: 401, message: 'The e-mail address or the password is wrong.' },

  PERMISSION_DENIED: { status: 403, message: 'A permission is missing.' },
  IP_DENIED: { status: 403, message: 'The API key may not be used from this address.' },
  ENVIRONMENT_DENIED: { status: 403, message: 'The environment of the API key does not allow this.' },
  WORKSPACE_DENIED: { status: 403, message: 'The user does not belong to this workspace.' },
  ESCALATION_DENIED: { status: 403, message: 'Nobody grants what they do not hold.' },
  INVITATION_INVALID: { status: 403, message: 'The invitation is not good, or not for you.' },
  RESET_INVALID: { status: 403, message: 'The link to set a new password is not good any more.' },
  ACCESS_DENIED: { status: 403, message: 'This call does not take the kind of proof that was sent.' },

  PROCEDURE_NOT_FOUND: { status: 404, message: 'There is no such procedure.' },
  KEY_NOT_FOUND: { status: 404, message: 'There is no such API key in this workspace.' },
  MEMBER_NOT_FOUND: { status: 404, message: 'There is no such member in this workspace.' },
  INVITATION_NOT_FOUND: { status: 404, message: 'There is no such invitation that waits.' },
  WORKSPACE_NOT_FOUND: { status: 404, message: 'You belong to no such workspace.' },
  SESSION_NOT_FOUND: { status: 404, message: 'You have no such session.' },
  OWNER_NOT_FOUND: { status: 404, message: 'There is no such external owner in this workspace.' },

  METHOD_NOT_SUPPORTED: { status: 405, message: 'The procedure does not take this HTTP method.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  CONFLICT: { status: 409, message: 'It is at odds with what there is already.' },
  IDEMPOTENCY_MISMATCH: { status: 409, message: 'The idempotency key was used with another input.' },
  BODY_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  MEDIA_TYPE_NOT_SUPPORTED: { status: 415, message: 'The content type or encoding is not supported.' },
  AUTHORITY_UNKNOWN: { status: 421, message: 'The service does not answer under this host.' },
  RATE_LIMITED: { status: 429, message: 'The rate limit is reached.' },
  CREDITS_EXHAUSTED: { status: 429, message: 'The credits are used up.' },
  TOO_MANY_FAILURES: { status: 429, message: 'Too many failed attempts; wait.' },
  HEADERS_TOO_LARGE: { status: 431, message: 'The headers are too large.' },

  INTERNAL: { status: 500, message: 'Something went wrong; the log has it under the request id.' },
  UNAVAILABLE: { status: 503, message: 'The service cannot answer now; try again.' },
} as const satisfies Record<string, RefusalKind>;

/** The reasons that a client can switch over exhaustively. */
export type Reason = keyof typeof REFUSALS;

/** A server clock that a client may trust once it has checked `mac` (see `clockBase`). */
export interface ClockProof {
  /** Unix seconds. */
  readonly now: number;
  /** Lowercase hex of HMAC-SHA-256(signing secret, clockBase(k, n, now)). */
  readonly mac: string;
}

/** What a refusal may carry beside its reason. */
export interface RefusalDetails {
  readonly missing?: string;
  readonly limit?: number;
  readonly remaining?: number;
  readonly resetAt?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly clock?: ClockProof;
  /** Outside production, with SIGNATURE_INVALID: the base that the server built. */
  readonly debug?: { readonly base: string };
  /** With INPUT_INVALID: where the input is wrong. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** `error.data` of every refusal on the wire. */
export interface RefusalData extends RefusalDetails {
  readonly code: string;
  readonly httpStatus: number;
  readonly path?: string;
  readonly reason: Reason;
  readonly requestId: string;
  /** Where the service itself tells what happened, why, and how to mend it; it depends on the reason alone. */
  readonly docs: string;
}

/** A refusal on the wire: tRPC's error, with our data. */
export interface RefusalShape {
  readonly message: string;
  /** JSON-RPC's number, as tRPC has it. */
  readonly code: number;
  readonly data: RefusalData;
}
