import type { Draft } from './breakages/breakages.ts';
import type { Procedure } from './procedures.ts';

/**
 * The request of a call in tRPC's HTTP format: a query has its input in the URL, a mutation in the body.
 * @param text the input, exactly as it is sent
 */
export function draftOf({ name, method, mediaType, isOptional }: Procedure, text: string): Draft {
  const path = `/api/${encodeURIComponent(name)}`;
  if (method === 'POST') return { method, target: path, contentType: mediaType, body: text };
  const isLeftOut = isOptional && /^\s*(\{\s*\})?\s*$/.test(text);
  const target = isLeftOut ? path : `${path}?input=${encodeURIComponent(text).replaceAll("'", '%27')}`;
  return { method, target, contentType: '', body: null };
}
