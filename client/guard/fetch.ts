import type { GuardAnswer } from './answer.ts';
import { BodyAlreadyRead, type BodyBuffer, BodyRefused, watchArrival } from './body-buffer.ts';
import type { IncomingRequest } from './request-head.ts';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Reads a request of the fetch standard. Its headers are the standard's view: repeats appear joined, and are refused
 * as such. If a runtime hides `host`, the URL supplies it.
 * @throws BodyAlreadyRead
 */
export function receiveFetch(request: Request): IncomingRequest {
  if (request.bodyUsed || request.body?.locked) throw new BodyAlreadyRead();
  const { pathname, search, host } = new URL(request.url);
  return {
    head: {
      method: request.method,
      httpVersion: null,
      target: pathname + search,
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
    void drain(reader);
    throw error instanceof BodyRefused ? error : new BodyRefused('REQUEST_MALFORMED');
  } finally {
    stop();
  }
}

/** Milliseconds and chunks for which a refused sender may continue, so that it receives the answer (RFC 9112 §9.6). */
const LINGER_MS = 1_000;
const LINGER_CHUNKS = 4_096;

/** Discards further chunks, within bounds, then cancels. Never rejects. */
async function drain(reader: Reader): Promise<void> {
  const cancel = () => reader.cancel().catch(() => {});
  const timer = setTimeout(cancel, LINGER_MS);
  try {
    for (let chunks = 0; chunks < LINGER_CHUNKS && !(await reader.read()).done; chunks++);
  } catch {}
  clearTimeout(timer);
  await cancel();
}

/** The same request with the verified bytes. */
export function withBody(request: Request, body: Uint8Array<ArrayBuffer>): Request {
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    ...(bodiless ? {} : { body }),
  });
}

export const toResponse = ({ status, headers, body }: GuardAnswer): Response =>
  new Response(body, { status, headers });
