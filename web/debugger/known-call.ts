import { ENVIRONMENTS, type Environment, isKeyId, keyPrefix } from '../../shared/key-format.ts';
import { BRAND } from '../ui/theme/brand.ts';

/** What the request log knows about a call, as the debugger's URL passes it on. */
export interface KnownCall {
  readonly procedure?: string | undefined;
  /** The id of the key. */
  readonly key?: string | undefined;
  readonly environment?: Environment | undefined;
  /** Why it was refused. */
  readonly reason?: string | undefined;
}

/** Parses the parameters of a URL, and ignores unknown ones. */
export function readKnownCall({ procedure, key, environment, reason }: Record<string, unknown>): KnownCall {
  const id = String(key ?? '');
  return {
    procedure: ifMatching(procedure, /^[\w.]{1,300}$/),
    key: isKeyId(id) ? id : undefined,
    environment: ENVIRONMENTS.find((known) => known === environment),
    reason: ifMatching(reason, /^[A-Z_]{1,64}$/),
  };
}

const ifMatching = (value: unknown, form: RegExp): string | undefined =>
  typeof value === 'string' && form.test(value) ? value : undefined;

/** In place of what is not recorded. */
const UNKNOWN = '…';

/** A line of such a request that is not complete. No line needs the API key, and a user's own body may contain the mark. */
const GAP = new RegExp(
  `^(?:[A-Z]+ \\S*${UNKNOWN} HTTP/1\\.1|x-signature: .*${UNKNOWN}.*|\\{${UNKNOWN}\\})$`,
  'm',
);

/** Whether a request still has a `…` for the user to complete. */
export const hasGaps = (request: string): boolean => GAP.test(request);

/** A request, as far as it is known, for the user to complete at each `…`. */
export function requestOf({ key, environment = 'live' }: KnownCall, method: string, url: string): string {
  const { host, pathname } = new URL(url);
  const bearer = key ? `${keyPrefix(BRAND.keyPrefix, environment, key)}${UNKNOWN}` : UNKNOWN;
  const isQuery = method === 'GET';
  return [
    `${method} ${pathname}${isQuery ? `?input=${UNKNOWN}` : ''} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${bearer}`,
    `x-signature: v1,k=${key ?? UNKNOWN},t=${UNKNOWN},n=${UNKNOWN},s=${UNKNOWN}`,
    ...(isQuery ? [''] : ['content-type: application/json', '', `{${UNKNOWN}}`]),
  ].join('\n');
}
