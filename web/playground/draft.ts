import { callTarget } from '../../shared/snippets/call-target.ts';
import type { Draft } from './breakages/breakages.ts';
import type { Procedure } from './procedures.ts';

/**
 * The request of a call in tRPC's HTTP format: a query has its input in the URL, a mutation in the body.
 * @param text the input, exactly as it is sent
 */
export function draftOf({ name, method, mediaType, isOptional }: Procedure, text: string): Draft {
  if (method === 'POST')
    return { method, target: callTarget(name, null), contentType: mediaType, body: text };
  const isLeftOut = isOptional && /^\s*(\{\s*\})?\s*$/.test(text);
  return { method, target: callTarget(name, isLeftOut ? null : text), contentType: '', body: null };
}
