import { BodyAlreadyRead, type BodyBuffer, BodyRefused, watchArrival } from './body-buffer.ts';
import type { GuardResponse } from './guard-response.ts';
import { watchRefused } from './refused-senders.ts';
import type { IncomingRequest } from './request-head.ts';
import { beforeUrlEncoding, otherSpellings } from './target-spellings.ts';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Reads a fetch Request. Its headers are the standard's view: repeated ones appear joined, and are refused
 * as such. If a runtime hides `host`, the URL supplies it.
 * @throws BodyAlreadyRead if other code has read the body
 */
export function receiveFetch(request: Request): IncomingRequest {
  if (request.bodyUsed || request.body?.locked) throw new BodyAlreadyRead();
  const { pathname, search, host } = new URL(request.url);
  const target = pathname + search;
  return {
    head: {
      method: request.method,
      httpVersion: null,
      target,
      otherTargets: () => (isOfNext(request) ? otherSpellings(target) : beforeUrlEncoding(target)),
      headers: [...request.headers],
      host: request.headers.get('host') ?? host,
      peer: null,
    },
    read: async (body, minRate) => {
      if (request.body) await readStream(request.body.getReader(), body, minRate);
    },
  };
}

async function readStream(reader: Reader, body: BodyBuffer, minRate: number): Promise<void> {
  let refuse = (_refused: BodyRefused) => {};
  const stop = watchArrival(body, minRate, (refused) => refuse(refused));
  /** The next chunk, or a refusal if the sender is too slow. */
  const next = () =>
    new Promise<Awaited<ReturnType<Reader['read']>>>((resolve, reject) => {
      refuse = reject;
      reader.read().then(resolve, reject);
    });
  try {
    for (let part = await next(); !part.done; part = await next()) {
      const refused = body.add(part.value);
      if (refused) throw refused;
    }
  } catch (error) {
    void discard(reader);
    throw error instanceof BodyRefused ? error : new BodyRefused('REQUEST_MALFORMED');
  } finally {
    stop();
  }
}

/** Discards what a refused sender still sends. Never rejects. */
export function discardBody({ body }: Request): void {
  if (body && !body.locked) void discard(body.getReader());
}

/** Discards what still arrives, within bounds, then cancels. Never rejects. */
async function discard(reader: Reader): Promise<void> {
  const cancel = () => reader.cancel().catch(() => {});
  const sender = watchRefused(null, cancel);
  try {
    for (let part = await reader.read(); sender && !part.done; part = await reader.read()) {
      sender.note(part.value.byteLength);
    }
  } catch {}
  sender?.stop();
  await cancel();
}

/** The same request with the verified bytes; it keeps what a framework or a runtime adds to its requests. */
export function withBody<Req extends Request>(request: Req, body: Uint8Array<ArrayBuffer>): Req {
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  const Kind = isOfNext(request) ? (request.constructor as typeof Request) : Request;
  const verified = new Kind(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    ...(bodiless ? {} : { body }),
    // Cloudflare's own property of requests and their options.
    ...('cf' in request ? { cf: request.cf } : {}),
  }) as Req;
  return withAddedMembers(verified, request);
}

/** Copies properties that are not in the standard: `params` and `cookies` in Bun, or what a server sets on its requests. */
function withAddedMembers<Req extends Request>(verified: Req, request: Req): Req {
  for (const name of memberNames(request)) {
    if (name in verified) continue;
    const get = () => {
      const value: unknown = Reflect.get(request, name);
      return typeof value === 'function' ? value.bind(request) : value;
    };
    Object.defineProperty(verified, name, { get, configurable: true, enumerable: true });
  }
  return verified;
}

function memberNames(request: object): string[] {
  const names = Object.getOwnPropertyNames(request);
  const parent: object | null = Object.getPrototypeOf(request);
  return parent === null || parent === Object.prototype ? names : [...names, ...memberNames(parent)];
}

/** Only Next rewrites more of the query than the URL standard does. */
const isOfNext = (request: Request): boolean => 'nextUrl' in request;

export const toResponse = ({ status, headers, body }: GuardResponse): Response =>
  new Response(body, { status, headers });
