import { TRPCClientError } from '@trpc/client';
import type { KeysealRouter } from '../router.ts';
import { retryAfterOf } from './retry-after.ts';

/** What a KeysealHttpError tells of an answer. */
interface ForeignAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly retryAfter: number | null;
}

/**
 * What a call rejects with if the answer is not Keyseal's: a page of a proxy, a redirect, a gateway's own error. Nothing
 * is known of the call: a proxy may have passed it on.
 */
export class KeysealHttpError extends TRPCClientError<KeysealRouter> implements ForeignAnswer {
  /** The HTTP status. A browser shows none for a redirect: then it is 0. */
  readonly status: number;
  readonly contentType: string | null;
  /** Of a redirect: its target, without the query. Null elsewhere, and in a browser. */
  readonly location: string | null;
  /** Seconds, from the header `retry-after`. */
  readonly retryAfter: number | null;

  constructor(response: Response) {
    const answer = describe(response);
    super(isRedirect(response) ? redirected(answer) : unexpected(answer), { meta: { response } });
    // The base constructor sets the prototype of every subclass to TRPCClientError's.
    Object.setPrototypeOf(this, KeysealHttpError.prototype);
    this.name = 'KeysealHttpError';
    this.status = answer.status;
    this.contentType = answer.contentType;
    this.location = answer.location;
    this.retryAfter = answer.retryAfter;
  }
}

/** A browser hides the status and the destination of a redirect that it did not follow. */
export const isRedirect = ({ status, type }: Response): boolean =>
  type === 'opaqueredirect' || (status >= 300 && status < 400);

function describe(response: Response): ForeignAnswer {
  const { status, headers } = response;
  const location = isRedirect(response) ? headers.get('location') : null;
  return {
    status,
    contentType: headers.get('content-type'),
    // The query has the input of a call.
    location: location?.split(/[?#]/, 1)[0] ?? null,
    retryAfter: retryAfterOf(headers),
  };
}

function redirected({ status, location }: ForeignAnswer): string {
  const said = [status === 0 ? '' : ` with HTTP ${status}`, location === null ? '' : ` to ${location}`];
  return `The service redirects${said.join('')}. The client follows no redirect, because the target would receive the credentials: set \`url\` to the address that answers.`;
}

function unexpected({ status, contentType }: ForeignAnswer): string {
  return `The answer is not Keyseal's: HTTP ${status} with ${contentType ?? 'no content type'}. A proxy on the way may have answered, or \`url\` is not that of the service.`;
}
