import type { Reason } from './refusals.ts';

/**
 * The request-format rules, each by its name, with what it requires. A refusal names the rule that was broken in
 * `issues`. No message here repeats what a request contains: it could be a secret in the wrong place.
 */
export const FORM_RULES = {
  'target-origin-form': 'must begin with exactly one "/": neither an absolute URL nor "//" (RFC 9112 §3.2.1)',
  'target-characters':
    'must consist of visible ASCII characters, everything else percent-encoded (RFC 3986 §2)',
  'target-fragment': 'must not have a "#": a fragment is not sent (RFC 9110 §7.1)',
  'target-backslash': 'must not have a "\\": some parsers read it as a "/"',
  'target-dot-segments':
    'must not have the segments "." and "..", percent-encoded ones included (RFC 3986 §5.2.4)',
  'procedure-encoded': 'must not have a "%" in the names of the procedures',
  'query-connection-params': 'must not have connectionParams: proofs are headers',
  'query-method': 'must not have _method: the method is on the request line',
  'query-repeated': 'must be in the query once',
  'query-batch': 'must be 1 or absent',

  'http-syntax': 'must be an HTTP/1.1 message (RFC 9112 §2)',
  'http-version': 'must be HTTP/1.1 or HTTP/1.0, written "HTTP/1.1" after one space (RFC 9112 §2.3)',
  'http2-preface': 'is HTTP/2, which this port does not speak: the proxy in front must use HTTP/1.1',
  'tls-to-plain-port':
    'is TLS, which this port does not speak: use http://, or put a proxy that terminates TLS in front',
  'proxy-protocol':
    'is the PROXY protocol, which this port does not speak: switch it off, and send x-forwarded-for',
  'line-ending': 'must have CR LF at the end of each line (RFC 9112 §2.2)',
  'after-close': 'must not continue after a request with connection: close (RFC 9112 §9.6)',
  'method-unknown': 'must be a method of HTTP, in capital letters (RFC 9110 §9)',
  'method-not-taken': 'must be one that is accepted here',
  'body-on-get': 'must not be sent with GET: neither a content-length other than 0 nor a transfer-encoding',

  'header-syntax': 'must be "name: value" in each line, without a space before the colon (RFC 9112 §5)',
  'header-name': 'must have names that are tokens (RFC 9110 §5.1)',
  'header-value': 'must have values without NUL, CR and LF (RFC 9110 §5.5)',
  'header-size': 'must not be larger than 8 KiB',
  'headers-count': 'must not be more than a hundred',
  'headers-size': 'must not be larger than 32 KiB together with the request line',
  'headers-late': 'must be complete in time',
  'header-repeated': 'must be sent once',
  'header-joined': 'must have one value: a "," joins two',
  'header-method-override': 'must not be sent: the method is on the request line',
  'header-last-event-id': 'must not be sent: a stream that is resumed says so in its signed query',
  'header-trailer': 'must not be sent: trailers are not accepted',
  'content-encoding': 'must be identity or absent: the body is signed as it is sent',

  'host-missing': 'must be sent (RFC 9112 §3.2)',
  'content-length-repeated': 'must be sent once (RFC 9112 §6.3)',
  'content-length-form': 'must be decimal digits (RFC 9110 §8.6)',
  'transfer-encoding-form': 'must be chunked, once and nothing else (RFC 9112 §6.1)',
  'transfer-encoding-and-length': 'must not be sent with a content-length (RFC 9112 §6.1)',
  'transfer-encoding-version': 'must not be sent in HTTP/1.0 (RFC 9112 §6.1)',
  expectation: 'must be 100-continue (RFC 9110 §10.1.1)',
  'chunk-form': 'must be in chunks as RFC 9112 §7.1 defines them',
  'chunk-extensions': 'must not have more than 16 KiB of chunk extensions (RFC 9112 §7.1.1)',
  'body-trailers': 'must not have trailers',
  'body-incomplete': 'must arrive whole: the connection ended before that',
  'body-size': 'must not be larger than the limit',
  'body-slow': 'must keep up the minimum rate',
  'body-on-page': 'must not be sent: a page accepts none',

  'forwarded-for-form':
    'must be addresses, with or without a port, "unknown", or names that begin with "_", joined by ","',
  'forwarded-host-repeated': 'must be exactly one host: the proxy must replace what it received',
  'forwarded-host-empty': 'must not be empty',
  authority: 'must be the host of a public origin',
  'authority-not-of-key': 'must be one of the authorities of the verifying key',

  'http-signature': 'must be a signature as RFC 9421 defines it',

  'accept-signature': 'must ask for one signature of the response, as RFC 9421 §5.1 defines it',
  'accept-signature-stream': 'must not be sent for a stream: only a response that is sent whole is signed',

  'batch-size': 'must not have more than 20 calls',
  'batch-procedure':
    'must not have a public procedure, a subscription, or a procedure that must be called alone',
  'token-beside-token':
    'must not be sent together with a user token in authorization: it belongs to an API key',
  'refresh-authorization': 'must not be sent to auth.refresh: the session signs without a token',
  'refresh-token-twice': 'must be in the body or in the cookie, not in both',
} as const satisfies Record<string, string>;

/** The name of a rule. */
export type FormRule = keyof typeof FORM_RULES;

/** A part of a request that broke a rule. */
export interface FormIssue {
  readonly rule: FormRule;
  /** The path of the part: `target`, `headers.host`, `query.input`, `body`; empty for the message as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Why a request is refused as malformed. */
export interface Fault {
  readonly reason: Reason;
  readonly issue: FormIssue;
}

/** The problem with a part that breaks a rule. @param message in place of the rule's own message */
export function formFault(
  rule: FormRule,
  path: string,
  reason: Reason = 'REQUEST_MALFORMED',
  message: string = FORM_RULES[rule],
): Fault {
  return { reason, issue: { rule, path, message } };
}
