import type { RefusalShape } from '../shared/refusals.ts';
import { KeysealRefusal, readShape } from './refusal.ts';
import type { Fetch } from './signing-fetch.ts';

/**
 * The fetch of an event source, which signs each connection. The signed query says where a stream resumes, since
 * headers are not signed. A refusal before the stream is reported inside one, as tRPC reports later ones: a temporary
 * one (503) is retried, any other ends the subscription with its reason.
 */
export function streamFetch(signed: Fetch): Fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const lastEventId = headers.get('last-event-id');
    headers.delete('last-event-id');
    if (lastEventId !== null) url.searchParams.set('lastEventId', lastEventId);
    try {
      const response = await signed(url, { ...init, headers });
      const refusal = response.status === 200 ? null : readShape(await json(response));
      return refusal ? refusalStream(refusal) : response;
    } catch (error) {
      if (error instanceof KeysealRefusal && error.shape) return refusalStream(error.shape);
      throw error;
    }
  };
}

function json(response: Response): Promise<unknown> {
  return response
    .clone()
    .json()
    .catch(() => null);
}

function refusalStream(refusal: RefusalShape): Response {
  const event = `event: serialized-error\ndata: ${JSON.stringify(refusal)}\n\n`;
  return new Response(event, { headers: { 'content-type': 'text/event-stream' } });
}
