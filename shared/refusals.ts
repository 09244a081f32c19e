/** A refusal on the wire: its HTTP status and the sentence that a caller reads. */
interface RefusalKind {
  readonly status: number;
  readonly message: string;
}

/**
 * Every reason for a refusal, with its HTTP status and its message. No other place defines them.
 * Messages are English; a console translates by reason.
 */
export const REFUSALS = {
  INPUT_INVALID: { status: 400, message: 'The input is not valid for this procedure.' },
  REQUEST_MALFORMED: { status: 400, message: 'The request is malformed.' },

  KEY_MISSING: { status: 401, message: 'Send an API key: authorization: Bearer <API key>.' },
  KEY_INVALID: { status: 401, message: 'The API key is not valid.' },
  KEY_EXPIRED: { status: 401, message: 'The API key has expired.' },
  KEY_REVOKED: { status: 401, message: 'The API key has been revoked.' },
  KEY_DISABLED: { status: 401, message: 'The API key is disabled.' },
  TOKEN_MISSING: { status: 401, message: 'This call needs a user token.' },
  TOKEN_INVALID: { status: 401, message: 'The token is not valid.' },
  TOKEN_EXPIRED: { status: 401, message: 'The user token has expired; refresh the session.' },
  SESSION_ENDED: { status: 401, message: 'The session has ended; sign in again.' },
  SIGNATURE_MISSING: {
    status: 401,
    message: 'Sign the request: the credential in authorization has not signed it.',
  },
  SIGNATURE_MALFORMED: {
    status: 401,
    message: 'The signature must have the form v1,k=…,t=…,n=…,s=… in x-signature, or that of RFC 9421.',
  },
  SIGNATURE_INVALID: { status: 401, message: 'The signature does not match the request.' },
  SIGNATURE_EXPIRED: {
    status: 401,
    message: 'The time of the signature is too old or too far ahead; check the clock.',
  },
  SIGNATURE_REPLAYED: {
    status: 401,
    message: 'This signature was already used; sign each request with a new nonce.',
  },
  CREDENTIALS_INVALID: { status: 401, message: 'The e-mail address or the password is wrong.' },
  UNAUTHORIZED: { status: 401, message: 'The procedure requires different authentication.' },

  PAYMENT_REQUIRED: { status: 402, message: 'The procedure needs a payment first.' },

  PERMISSION_DENIED: { status: 403, message: 'The caller lacks a permission that this call needs.' },
  IP_DENIED: { status: 403, message: 'The API key may not be used from this IP address.' },
  ENVIRONMENT_DENIED: { status: 403, message: 'This call is not allowed in the environment of the API key.' },
  WORKSPACE_DENIED: { status: 403, message: 'The user does not belong to this workspace.' },
  SIGN_IN_RULE: {
    status: 403,
    message: 'The workspace requires a different sign-in; missing lists what this session lacks.',
  },
  ESCALATION_DENIED: {
    status: 403,
    message: 'The caller may not grant rights that the caller does not have.',
  },
  STEP_UP_REQUIRED: {
    status: 403,
    message: 'Confirm your identity first: this change requires authentication within the last ten minutes.',
  },
  INVITATION_INVALID: { status: 403, message: 'The invitation is not valid for this account.' },
  RESET_INVALID: { status: 403, message: 'The link to set a new password is no longer valid.' },
  SIGN_IN_INVALID: {
    status: 403,
    message: 'The sign-in is invalid or has expired; start again.',
  },
  EXCHANGE_DENIED: { status: 403, message: 'No exchange rule accepts the token of the workload.' },
  ACCESS_DENIED: { status: 403, message: 'This call does not accept the kind of credential that was sent.' },
  FORBIDDEN: { status: 403, message: 'The procedure does not permit this to the caller.' },

  PROCEDURE_NOT_FOUND: { status: 404, message: 'There is no such procedure.' },
  KEY_NOT_FOUND: { status: 404, message: 'There is no such API key in this workspace.' },
  MEMBER_NOT_FOUND: { status: 404, message: 'There is no such member in this workspace.' },
  INVITATION_NOT_FOUND: { status: 404, message: 'There is no such pending invitation.' },
  WORKSPACE_NOT_FOUND: { status: 404, message: 'You are not a member of a workspace with this id.' },
  SESSION_NOT_FOUND: { status: 404, message: 'You have no such session.' },
  OWNER_NOT_FOUND: { status: 404, message: 'There is no such external owner in this workspace.' },
  NOT_FOUND: { status: 404, message: 'What the procedure was asked for does not exist.' },

  METHOD_NOT_SUPPORTED: { status: 405, message: 'The procedure does not support this HTTP method.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  TIMEOUT: { status: 408, message: 'The procedure took too long.' },
  CONFLICT: { status: 409, message: 'The call conflicts with the current state.' },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    message: 'The idempotency key was already used with a different input.',
  },
  PRECONDITION_FAILED: { status: 412, message: 'A condition of the call does not hold.' },
  BODY_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  MEDIA_TYPE_NOT_SUPPORTED: { status: 415, message: 'The content type or encoding is not supported.' },
  AUTHORITY_UNKNOWN: { status: 421, message: 'The host of the request is not one of this service.' },
  UNPROCESSABLE_CONTENT: { status: 422, message: 'The procedure cannot carry out this input.' },
  PRECONDITION_REQUIRED: { status: 428, message: 'The call must state a precondition.' },
  RATE_LIMITED: { status: 429, message: 'The rate limit is reached.' },
  CREDITS_EXHAUSTED: { status: 429, message: 'The credits are used up.' },
  TOO_MANY_FAILURES: { status: 429, message: 'There were too many failed attempts; try again later.' },
  HEADERS_TOO_LARGE: { status: 431, message: 'The headers are too large.' },
  CLIENT_CLOSED_REQUEST: { status: 499, message: 'The client disconnected before the procedure finished.' },

  INTERNAL: {
    status: 500,
    message: 'An internal error occurred; the server log has the cause under the request id.',
  },
  NOT_IMPLEMENTED: { status: 501, message: 'The procedure does not support this yet.' },
  BAD_GATEWAY: {
    status: 502,
    message: 'Another service that the procedure needs returned an invalid response.',
  },
  UNAVAILABLE: { status: 503, message: 'The service cannot answer now; try again later.' },
  GATEWAY_TIMEOUT: {
    status: 504,
    message: 'Another service that the procedure needs did not answer in time.',
  },
} as const satisfies Record<string, RefusalKind>;

/** The reasons that a client can switch over exhaustively. */
export type Reason = keyof typeof REFUSALS;

/** A server clock that a client may trust once it has verified the proof, which is over `clockBase(k, n, now)`. */
export type ClockProof = ClockMac | ClockSignature;

/** For a credential with a signing secret. */
interface ClockMac {
  /** Unix seconds. */
  readonly now: number;
  /** HMAC-SHA-256 under the signing secret, lowercase hex. */
  readonly mac: string;
}

/** For a credential with a public key: signed by a key of the service's directory. */
export interface ClockSignature {
  /** Unix seconds. */
  readonly now: number;
  /** The `kid` of the key in the directory. */
  readonly keyid: string;
  /** An Ed25519 signature, base64. */
  readonly signature: string;
}

/** The details that a refusal may have in addition to its reason. */
export interface RefusalDetails {
  /** What the caller does not hold; with SIGNATURE_INVALID the components that its signature does not cover, with SIGN_IN_RULE `secondFactor` and `issuer:NAME`. */
  readonly missing?: string | readonly string[];
  readonly limit?: number;
  readonly remaining?: number;
  readonly resetAt?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly clock?: ClockProof;
  /** Outside production, with SIGNATURE_INVALID: the base that the server built. */
  readonly debug?: { readonly base: string };
  /**
   * With INPUT_INVALID: what is wrong with the input. If the request is malformed: the part of the request, and the
   * name of the rule that it breaks.
   */
  readonly issues?: readonly { readonly path: string; readonly message: string; readonly rule?: string }[];
}

/** `error.data` of every refusal on the wire. */
export interface RefusalData extends RefusalDetails {
  readonly code: string;
  readonly httpStatus: number;
  readonly path?: string;
  readonly reason: Reason;
  readonly requestId: string;
  /** The page of the service that explains what happened, why, and how to fix it. It depends only on the reason. */
  readonly docs: string;
}

/** A refusal on the wire: tRPC's error, with Keyseal's data. */
export interface RefusalShape {
  readonly message: string;
  /** tRPC's JSON-RPC error number. */
  readonly code: number;
  readonly data: RefusalData;
}
