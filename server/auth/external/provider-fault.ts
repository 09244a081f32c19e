import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';

/**
 * Errors of a provider that cannot be reached or queried, by `openid-client` code. A response that arrives is classified by its
 * content: one that nobody can sign in with is a refusal, such as an ID token with a critical extension.
 */
const OUTAGES: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
];

/**
 * Errors of a token endpoint about a code or a person (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6). An `invalid_request` is
 * not among them: some providers send it to a client that does not authenticate, and an operator has to see that.
 */
const REFUSALS: readonly string[] = [
  ...['invalid_grant', 'access_denied', 'mfa_required'],
  ...['interaction_required', 'login_required', 'consent_required', 'account_selection_required'],
];

/** Whether the provider refused the person or the code, or its response is not one with which this person can sign in. */
export function isRefusedAnswer(error: unknown): boolean {
  if (error instanceof AuthorizationResponseError) return true;
  if (error instanceof ResponseBodyError) return REFUSALS.includes(error.error) && !isClientRefused(error);
  const { code } = error as { code?: unknown };
  return String(code).startsWith('OAUTH_') && !OUTAGES.includes(code);
}

/** Errors of a token endpoint about a client that it does not accept (RFC 6749 §5.2). */
const CLIENT_REFUSED: readonly string[] = ['invalid_client', 'unauthorized_client'];

/**
 * Whether the token endpoint refused the client, and not its request. Some providers have a custom error for that: the status
 * shows it.
 */
export function isClientRefused(error: unknown): error is ResponseBodyError | WWWAuthenticateChallengeError {
  if (error instanceof ResponseBodyError) return error.status === 401 || CLIENT_REFUSED.includes(error.error);
  // The UserInfo endpoint asks for an access token, as a bearer token.
  return (
    error instanceof WWWAuthenticateChallengeError &&
    error.status === 401 &&
    error.cause.some(({ scheme }) => scheme !== 'bearer')
  );
}

/** What went wrong, for an operator. Neither a code nor a token is part of these messages. */
export function sentenceOfFault(error: unknown): string {
  if (isClientRefused(error))
    return `the token endpoint does not accept clientId, clientSecret or clientKey: ${answerOf(error)}`;
  if (error instanceof ResponseBodyError) return `the token endpoint answers ${answerOf(error)}`;
  if (error instanceof WWWAuthenticateChallengeError) return `the provider answers ${answerOf(error)}`;
  if (error instanceof AuthorizationResponseError)
    return `the provider answers ${sanitizeForLog(error.error)}`;
  if (!(error instanceof Error)) return String(error);
  // `openid-client` names the kind of error, and its cause names the claim or parameter.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** The status of a response and the errors that it names, such as `401 invalid_client`. */
function answerOf(error: ResponseBodyError | WWWAuthenticateChallengeError): string {
  const named =
    error instanceof ResponseBodyError
      ? [error.error]
      : error.cause.map(({ scheme, parameters }) => parameters.error ?? scheme);
  return [error.status, ...named.map(sanitizeForLog)].join(' ');
}
