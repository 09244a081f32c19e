import type { Fetch } from '../signing/signing-fetch.ts';
import { isRedirect, KeysealHttpError } from './http-error.ts';
import { readShape } from './refusal.ts';

/** A fetch that reads each response whole, and rejects with a KeysealHttpError if it does not come from Keyseal. */
export function rejectForeignResponses(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (isRedirect(response)) {
      await response.body?.cancel();
      throw new KeysealHttpError(response);
    }
    const json = parse(await response.text());
    if (!isTrpcResult(json)) throw new KeysealHttpError(response);
    // tRPC asks the response for its JSON; its body has been read here.
    Object.defineProperty(response, 'json', { value: async () => json });
    return response;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether JSON has the shape of Keyseal's response to a call, or to each call of a batch. */
function isTrpcResult(json: unknown): boolean {
  const results = Array.isArray(json) ? json : [json];
  return (
    results.length > 0 && results.every((result) => 'result' in Object(result) || readShape(result) !== null)
  );
}
