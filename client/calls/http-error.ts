import { TRPCClientError } from '@trpc/client';
import type { KeysealRouter } from '../router.ts';
import { retryAfterOf } from './retry-after.ts';

/** What a KeysealHttpError keeps of a response. */
interface ForeignResponse {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly retryAfter: number | null;
}

/**
 * What a call rejects with if the response is not Keyseal's: a proxy's page, a redirect, a gateway's own error. Whether the call
 * was carried out is not known: a proxy may have forwarded it.
 */
export class KeysealHttpError extends TRPCClientError<KeysealRouter> implements ForeignResponse {
  /** The HTTP status. A browser shows none for a redirect: then it is 0. */
  readonly status: number;
  readonly contentType: string | null;
  /** Of a redirect: its target, without the query. Null elsewhere, and in a browser. */
  readonly location: string | null;
  /** Seconds, from the header `retry-after`; null if there is none. */
  readonly retryAfter: number | null;

  constructor(response: Response) {
    const facts = describe(response);
    super(isRedirect(response) ? redirectMessage(facts) : foreignMessage(facts), { meta: { response } });
    // The base constructor sets the prototype of every subclass to TRPCClientError's.
    Object.setPrototypeOf(this, KeysealHttpError.prototype);
    this.name = 'KeysealHttpError';
    this.status = facts.status;
    this.contentType = facts.contentType;
    this.location = facts.location;
    this.retryAfter = facts.retryAfter;
  }
}

/** A browser hides the status and the destination of a redirect that it did not follow. */
export const isRedirect = ({ status, type }: Response): boolean =>
  type === 'opaqueredirect' || (status >= 300 && status < 400);

function describe(response: Response): ForeignResponse {
  const { status, headers } = response;
  const location = isRedirect(response) ? headers.get('location') : null;
  return {
    status,
    contentType: headers.get('content-type'),
    // The query contains the input of a call.
    location: location?.split(/[?#]/, 1)[0] ?? null,
    retryAfter: retryAfterOf(headers),
  };
}

function redirectMessage({ status, location }: ForeignResponse): string {
  const details = [status === 0 ? '' : ` with HTTP ${status}`, location === null ? '' : ` to ${location}`];
  return `The service redirects${details.join('')}. The client follows no redirect, because the target would receive the credentials: set \`url\` to the final URL.`;
}

function foreignMessage({ status, contentType }: ForeignResponse): string {
  return `The response did not come from Keyseal: HTTP ${status} with ${contentType ?? 'no content type'}. Check \`url\` and any proxy in between.`;
}
