import type { Answer } from './answer.ts';
import type { Judge } from './judge.ts';
import { BodyAlreadyRead, BodyRefused, Collected, type Received } from './received.ts';

/**
 * Reads a request of the fetch standard whole. Its headers are the standard's view: a repeated one shows joined, and
 * is refused as such.
 */
export async function receiveFetch(request: Request, { maxBody, budget }: Judge): Promise<Received> {
  if (request.bodyUsed) throw new BodyAlreadyRead();
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    target: pathname + search,
    headers: [...request.headers],
    address: null,
    body: request.body ? await read(request.body, new Collected(maxBody, budget)) : new Uint8Array(),
  };
}

async function read(
  stream: ReadableStream<Uint8Array>,
  collected: Collected,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) collected.add(next.value);
    return collected.whole();
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof BodyRefused ? error : new BodyRefused('REQUEST_MALFORMED');
  } finally {
    collected.release();
  }
}

/** The same request with the bytes that were judged. */
export function withBody(request: Request, body: Uint8Array<ArrayBuffer>): Request {
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    ...(bodiless ? {} : { body }),
  });
}

export const toResponse = ({ status, headers, body }: Answer): Response =>
  new Response(body, { status, headers });
