import type { z } from 'zod';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';

/** Bytes of a document; a provider's key set has a few thousand. */
const MAX_BYTES = 256 * 1024;
/** A provider that takes longer counts as unreachable. */
const TIMEOUT_MS = 5_000;

/**
 * Sends a request to an issuer. The whole response arrives within five seconds and 256 KiB; redirects are not followed.
 * @param redirect `manual` returns a redirect as a response
 * @throws Error with a sentence
 */
export async function fetchBounded(
  url: string,
  init: RequestInit = {},
  redirect: 'error' | 'manual' = 'error',
): Promise<Response> {
  const bounds = { redirect, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const throwUnreachable = (error: unknown) => {
    throw new Error(`${sanitizeForLog(url)} does not respond (${reasonOf(error)})`);
  };
  const response = await fetch(url, { ...init, ...bounds }).catch(throwUnreachable);
  const bytes = await readBounded(response, url).catch((error: unknown) =>
    error instanceof DocumentTooLarge ? Promise.reject(error) : throwUnreachable(error),
  );
  const { status, headers } = response;
  // Statuses such as 204 allow no body (Fetch standard, null body status).
  return new Response(bytes.length === 0 ? null : bytes, { status, headers });
}

/**
 * Sends a request as `fetchBounded` does.
 * @throws Error with a sentence, including if an `ok` response claims to be JSON and is not
 */
export async function fetchAnswer(url: string, init: RequestInit): Promise<Response> {
  const response = await fetchBounded(url, init);
  const isJson = /^application\/json\b/.test(response.headers.get('content-type') ?? '');
  if (!isJson || !response.ok) return response;
  await response
    .clone()
    .json()
    .catch(() => Promise.reject(new Error(`${sanitizeForLog(url)} responds with what is not JSON`)));
  return response;
}

/** Reads a JSON document of an issuer. @throws Error with a sentence */
export async function fetchJson<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  const response = await fetchBounded(url, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${sanitizeForLog(url)} responds with ${response.status}`);
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    throw new Error(`${sanitizeForLog(url)} does not have the form of the document that is expected there`);
  return parsed.data;
}

class DocumentTooLarge extends Error {}

async function readBounded(response: Response, url: string): Promise<Uint8Array<ArrayBuffer>> {
  // One allocation: a list of one-byte chunks would use a hundred times as much memory.
  const bytes = new Uint8Array(MAX_BYTES);
  let size = 0;
  for await (const chunk of response.body ?? []) {
    if (size + chunk.length > MAX_BYTES)
      throw new DocumentTooLarge(`${sanitizeForLog(url)} is larger than ${MAX_BYTES} bytes`);
    bytes.set(chunk, size);
    size += chunk.length;
  }
  return bytes.slice(0, size);
}

/** `fetch` says "fetch failed" and puts the reason into the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return String(code ?? message);
}
