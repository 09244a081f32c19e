import type { Fetch } from '../signing/signing-fetch.ts';
import { isRedirect, KeysealHttpError } from './http-error.ts';
import { readShape } from './refusal.ts';

/** A fetch whose answers are Keyseal's, read whole: it rejects with a KeysealHttpError if one is not. */
export function answeredByKeyseal(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (isRedirect(response)) {
      await response.body?.cancel();
      throw new KeysealHttpError(response);
    }
    const json = parse(await response.text());
    if (!isAnswer(json)) throw new KeysealHttpError(response);
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

/** Whether JSON is what Keyseal answers to a call, or to each call of a batch. */
function isAnswer(json: unknown): boolean {
  const answers = Array.isArray(json) ? json : [json];
  return answers.length > 0 && answers.every((one) => 'result' in Object(one) || readShape(one) !== null);
}
