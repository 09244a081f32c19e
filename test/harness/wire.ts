import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import { signatureBase } from '../../shared/signature.ts';

/** What signs a call: an API key, or a session with (or without) its token. */
export interface Credentials {
  /** The key id or session id. */
  readonly id: string;
  /** Null for a session. */
  readonly apiKey: string | null;
  readonly signingSecret: string;
}

/** A request as it continues the wire, before and after signing; each field can be put wrong. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
}

export interface SignOptions {
  readonly method?: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
  /** A user's token: alongside a key in `x-user-token`, for a session as the bearer. */
  readonly token?: string;
  /** Unix seconds. */
  readonly t?: number;
  readonly nonce?: string;
  readonly k?: string;
  readonly authority: string;
}

export const newNonce = (): string => randomBytes(16).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);

/** Builds and signs a request by hand, as someone with nothing but the design would. */
export function sign(credentials: Credentials, target: string, options: SignOptions): Draft {
  const body = options.body === undefined ? null : Buffer.from(options.body);
  const method = options.method ?? (body ? 'POST' : 'GET');
  const contentType = options.contentType ?? (method === 'POST' ? 'application/json' : '');
  const t = options.t ?? now();
  const nonce = options.nonce ?? newNonce();
  const k = options.k ?? credentials.id;
  const base = signatureBase({
    k,
    t,
    nonce,
    method,
    authority: options.authority,
    target,
    contentType,
    tokenDigest: sha256(options.token ?? ''),
    bodyDigest: sha256(body ?? ''),
  });
  const mac = createHmac('sha256', credentials.signingSecret).update(base).digest('hex');
  const headers: [string, string][] = [['host', options.authority]];
  const bearer = credentials.apiKey ?? options.token;
  if (bearer !== undefined) headers.push(['authorization', `Bearer ${bearer}`]);
  if (credentials.apiKey !== null && options.token !== undefined)
    headers.push(['x-user-token', options.token]);
  headers.push(['x-signature', `v1,k=${k},t=${t},n=${nonce},s=${mac}`]);
  if (contentType !== '') headers.push(['content-type', contentType]);
  return { method, target, headers, body };
}

/** The same draft with a header in another form; null takes it away. */
export function withHeader(draft: Draft, name: string, value: string | null): Draft {
  const others = draft.headers.filter(([known]) => known !== name);
  return { ...draft, headers: value === null ? others : [...others, [name, value]] };
}

export const headerOf = (draft: Draft, name: string): string =>
  draft.headers.find(([known]) => known === name)?.[1] ?? '';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as JSON, or null. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
  readonly json: any;
  /** The reason of a refusal, of the first call of a batch. */
  readonly reason: string | undefined;
}

/** Sends a draft unchanged to 127.0.0.1, over a connection of its own. */
export function send(port: number, draft: Draft): Promise<Answer> {
  return sendWith(port, draft, (outgoing) => outgoing.end(draft.body ?? undefined));
}

/**
 * Sends the head with half of the body, and the rest once the server has read that much: its event loop reads what came
 * first before it answers another connection.
 * @param meanwhile runs before the rest is sent
 */
export function sendInTwo(
  port: number,
  draft: Draft & { readonly body: Buffer },
  meanwhile: () => Promise<void> = async () => {},
): Promise<Answer> {
  const half = Math.floor(draft.body.length / 2);
  return sendWith(port, draft, async (outgoing) => {
    await new Promise((resolve) => outgoing.write(draft.body.subarray(0, half), resolve));
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
    await meanwhile();
    outgoing.end(draft.body.subarray(half));
  });
}

function sendWith(
  port: number,
  draft: Draft,
  writeBody: (outgoing: ClientRequest) => unknown,
): Promise<Answer> {
  const length: [string, string][] =
    draft.body && !draft.headers.some(([name]) => /^(content-length|transfer-encoding)$/.test(name))
      ? [['content-length', String(draft.body.length)]]
      : [];
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: draft.method,
      path: draft.target,
      headers: [...draft.headers, ...length].flat(),
      setHost: false,
      agent: false,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, chunks)));
    });
    writeBody(outgoing);
  });
}

function answerOf(status: number, headers: Answer['headers'], chunks: Buffer[]): Answer {
  const text = Buffer.concat(chunks).toString('utf8');
  let json: Answer['json'] = null;
  // A stream that is refused says so within itself.
  const refused = /^event: serialized-error\ndata: (.*)$/m.exec(text)?.[1];
  try {
    json = refused === undefined ? JSON.parse(text) : { error: JSON.parse(refused) };
  } catch {}
  const first = Array.isArray(json) ? json[0] : json;
  return { status, headers, text, json, reason: first?.error?.data?.reason };
}

export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** `/api/<name>` with its input in the query, as tRPC sends a query. */
export function queryTarget(name: string, input?: unknown): string {
  return input === undefined
    ? `/api/${name}`
    : `/api/${name}?input=${encodeURIComponent(JSON.stringify(input))}`;
}
export const sha512 = (data: string | Buffer): string => createHash('sha512').update(data).digest('hex');
