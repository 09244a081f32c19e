import { createHash, createHmac, type KeyObject, sign as signBytes } from 'node:crypto';
import { type Credentials, type Draft, newNonce } from './wire.ts';

/** How a request is signed in the form of RFC 9421; each part can be put wrong. */
export interface StandardOptions {
  readonly method?: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
  /** A user's token: alongside a key in `x-user-token`, for a session as the bearer. */
  readonly token?: string;
  readonly authority: string;
  readonly scheme?: string;
  /** More headers, before they are signed. */
  readonly headers?: readonly (readonly [string, string])[];
  /** The covered components, as their identifiers are written; everything that is required without them. */
  readonly components?: readonly string[];
  /** The parameters in order, as they are written; null leaves one out. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  readonly label?: string;
  /** What `content-digest` says; null for none. */
  readonly contentDigest?: string | null;
  /** Signs in place of the credential's secret. */
  readonly sign?: (base: string) => Buffer;
  /** Builds the values of components that are not derived from the request line or plain fields. */
  readonly values?: Readonly<Record<string, string>>;
}

export const digestField = (body: string | Buffer, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string =>
  `${algorithm}=:${createHash(algorithm.replace('-', '')).update(body).digest('base64')}:`;

/** Builds and signs a request as someone would with nothing but RFC 9421 and the design. */
export function signStandard(credentials: Credentials, target: string, options: StandardOptions): Draft {
  const body = options.body === undefined ? null : Buffer.from(options.body);
  const method = options.method ?? (body ? 'POST' : 'GET');
  const contentType = options.contentType ?? (method === 'POST' ? 'application/json' : '');
  const bearer = credentials.apiKey ?? options.token;
  const headers: (readonly [string, string])[] = [['host', options.authority]];
  if (bearer !== undefined) headers.push(['authorization', `Bearer ${bearer}`]);
  if (credentials.apiKey !== null && options.token !== undefined)
    headers.push(['x-user-token', options.token]);
  if (contentType !== '') headers.push(['content-type', contentType]);
  const contentDigest =
    options.contentDigest === undefined ? body && digestField(body) : options.contentDigest;
  if (contentDigest !== null) headers.push(['content-digest', contentDigest]);
  headers.push(...(options.headers ?? []));
  const components = options.components ?? requiredOf(headers, credentials.apiKey === null);
  const list = `(${components.join(' ')})${parametersOf(credentials, options)}`;
  const lines = components.map(
    (id) => `${id}: ${componentValueOf(id, { method, target, headers }, options)}`,
  );
  const base = [...lines, `"@signature-params": ${list}`].join('\n');
  const signature =
    options.sign?.(base) ?? createHmac('sha256', credentials.signingSecret).update(base).digest();
  const label = options.label ?? 'sig1';
  return {
    method,
    target,
    body,
    headers: [
      ...headers,
      ['signature-input', `${label}=${list}`],
      ['signature', `${label}=:${signature.toString('base64')}:`],
    ],
  };
}

/** Signs with a private key by its type (RFC 9421 §3.3). */
export function signerOf(
  key: KeyObject,
  hash: string | null = null,
  more: object = {},
): (base: string) => Buffer {
  return (base) => signBytes(hash, Buffer.from(base), { key, dsaEncoding: 'ieee-p1363', ...more });
}

function requiredOf(headers: readonly (readonly [string, string])[], isSession: boolean): string[] {
  const fields = ['content-type', 'content-digest', 'x-user-token', ...(isSession ? ['authorization'] : [])];
  const sent = fields.filter((name) => headers.some(([known]) => known === name));
  return ['@method', '@target-uri', ...sent].map((name) => `"${name}"`);
}

function parametersOf({ id }: Credentials, { parameters = {} }: StandardOptions): string {
  const all = {
    created: String(Math.floor(Date.now() / 1000)),
    nonce: `"${newNonce()}"`,
    keyid: `"${id}"`,
    ...parameters,
  };
  const written = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  return written.map(([name, value]) => `;${name}=${value}`).join('');
}

function componentValueOf(
  id: string,
  { method, target, headers }: Pick<Draft, 'method' | 'target' | 'headers'>,
  { authority, scheme = 'http', values = {} }: StandardOptions,
): string {
  const [path = '', query] = target.split(/\?(.*)/s);
  const derived: Record<string, string> = {
    '"@method"': method,
    '"@target-uri"': `${scheme}://${authority}${target}`,
    '"@authority"': authority,
    '"@scheme"': scheme,
    '"@request-target"': target,
    '"@path"': path,
    '"@query"': `?${query ?? ''}`,
    ...values,
  };
  const field = headers.filter(([name]) => `"${name}"` === id).map(([, value]) => value.trim());
  return derived[id] ?? field.join(', ');
}
